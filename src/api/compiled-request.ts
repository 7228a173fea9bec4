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
    const known = Object.keys(value).every((name) => this.fields.has(name));
    if (known && (this.checks?.every((check) => check(value)) || this.wrong(value).length === 0))
      return value;
    throw this.refusal(value as Fields);
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

/** Undefined when there is a rule of a kind that only class-validator itself can apply. */
function compile(targetName: string, rules: readonly Rule[]): readonly Check[] | undefined {
  const checks: Check[] = [];
  for (const property of new Set(rules.map(({ propertyName }) => propertyName))) {
    const ofProperty = rules.filter(({ propertyName }) => propertyName === property);
    const conditions = ofProperty.filter(({ type }) => type === 'conditionalValidation');
    const predicates = ofProperty.filter((rule) => !conditions.includes(rule)).map(predicateOf(targetName));
    if (predicates.includes(undefined)) return undefined;
    checks.push((request) => {
      const value = (request as Fields)[property];
      const applies = conditions.every(
        ({ constraints: [condition] }) => condition(request, value) as boolean,
      );
      return !applies || predicates.every((predicate) => predicate?.(value, request) === true);
    });
  }
  return checks;
}

/** A rule's own condition is not asked: what fails for want of it goes to class-validator, which asks. */
function predicateOf(targetName: string) {
  return ({ type, each, constraints, constraintCls, propertyName: property }: Rule) => {
    const [constraint, ...others] = getMetadataStorage().getTargetValidatorConstraints(constraintCls);
    if (type !== 'customValidation' || each || !constraint || others.length > 0) return undefined;
    const { instance } = constraint;
    return (value: unknown, object: object): boolean => {
      const args: ValidationArguments = { value, constraints, targetName, object, property };
      return instance.validate(value, args) === true;
    };
  };
}
