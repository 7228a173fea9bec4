import { getMetadataStorage, validateSync, type ValidationArguments } from 'class-validator';
import { InvalidRequest, type FieldError } from './invalid-request.js';

export type RequestClass = new () => object;
type Fields = Readonly<Record<string, unknown>>;
type Check = (request: object) => boolean;

/**
 * A request class made ready to check many requests. class-validator's decorators stay the one source of the
 * rules: their own predicates are looked up once, and a request that passes them all costs no more than these.
 * Whatever fails, and every class with a decorator that is not understood here, goes to class-validator itself,
 * which has the last word and the messages. A request does not nest: an object in it would need a class too.
 */
export class CompiledRequest {
  private readonly fields: ReadonlySet<string>;
  private readonly checks: readonly Check[] | undefined;

  constructor(private readonly type: RequestClass) {
    const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
    if (rules.some(({ type: kind }) => kind === 'nestedValidation')) throw new Error(`${type.name} nests`);
    this.fields = new Set(rules.map(({ propertyName }) => propertyName));
    this.checks = compile(type.name, rules);
  }

  /**
   * Reads what came over the wire, which is given as it is: a request is its fields. No body at all is an empty one.
   * @throws InvalidRequest, naming every field that is unknown or wrong
   */
  read(value: unknown = {}): object {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new InvalidRequest('The body is not a JSON object');
    if (this.knows(value) && (this.passes(value) || this.wrong(value).length === 0)) return value;
    throw this.refusal(value as Fields);
  }

  private knows(value: object): boolean {
    for (const name in value) if (!this.fields.has(name)) return false;
    return true;
  }

  private passes(value: object): boolean {
    if (!this.checks) return false;
    for (const check of this.checks) if (!check(value)) return false;
    return true;
  }

  private refusal(value: Fields): InvalidRequest {
    const unknown = Object.keys(value)
      .filter((name) => !this.fields.has(name))
      .map((field) => ({ field, message: `${field} is not a field of this request` }));
    const known = Object.entries(value).filter(([name]) => this.fields.has(name));
    const errors = [...unknown, ...this.wrong(Object.fromEntries(known))];
    return new InvalidRequest(errors.map(({ message }) => message).join('; '), errors);
  }

  /** What class-validator says about a request that holds no unknown field. */
  private wrong(fields: object): FieldError[] {
    const request = Object.assign(new this.type(), fields);
    return validateSync(request, { forbidUnknownValues: false }).map(({ property, constraints }) => ({
      field: property,
      message: [...new Set(Object.values(constraints ?? {}))].join(', '),
    }));
  }
}

type Rule = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

type Condition = (request: object, value: unknown) => boolean;
type Predicate = (value: unknown, request: object) => boolean;

const isCondition = ({ type }: Rule): boolean => type === 'conditionalValidation';

/** Undefined when there is a rule of a kind that only class-validator itself can apply. */
function compile(targetName: string, rules: readonly Rule[]): readonly Check[] | undefined {
  const checks: Check[] = [];
  for (const property of new Set(rules.map(({ propertyName }) => propertyName))) {
    const ofProperty = rules.filter(({ propertyName }) => propertyName === property);
    const conditions = ofProperty
      .filter(isCondition)
      .map(({ constraints: [condition] }) => condition as Condition);
    const predicates: Predicate[] = [];
    for (const rule of ofProperty) {
      if (isCondition(rule)) continue;
      const predicate = predicateOf(rule, targetName);
      if (!predicate) return undefined;
      predicates.push(predicate);
    }
    // Loops: for each field of each request `every` makes a function, which is garbage at once.
    checks.push((request) => {
      const value = (request as Fields)[property];
      for (const condition of conditions) if (!condition(request, value)) return true;
      for (const predicate of predicates) if (!predicate(value, request)) return false;
      return true;
    });
  }
  return checks;
}

/** A rule's own condition is not asked: what fails for want of it goes to class-validator, which asks. */
function predicateOf(rule: Rule, targetName: string): Predicate | undefined {
  const { type, each, constraints, constraintCls, propertyName: property } = rule;
  const [constraint, ...others] = getMetadataStorage().getTargetValidatorConstraints(constraintCls);
  if (type !== 'customValidation' || each || !constraint || others.length > 0) return undefined;
  const { instance } = constraint;
  return (value, object) => {
    const args: ValidationArguments = { value, constraints, targetName, object, property };
    return instance.validate(value, args) === true;
  };
}
