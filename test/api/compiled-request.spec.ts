import { describe, expect, it } from '@jest/globals';
import {
  getMetadataStorage,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  Matches,
  MinLength,
  ValidateIf,
  ValidateNested,
  validateSync,
} from 'class-validator';
import * as fc from 'fast-check';
import { CompiledRequest, type RequestClass } from '../../src/api/compiled-request.js';
import type { InvalidRequest } from '../../src/api/invalid-request.js';
import { AddCreditRequest } from '../../src/api/requests/add-credit.js';
import { AddSipAccountRequest } from '../../src/api/requests/add-sip-account.js';
import { OpenMainAccountRequest } from '../../src/api/requests/open-main-account.js';
import { PageRequest } from '../../src/api/requests/page.js';
import { CommandPath, SipAccountPath } from '../../src/api/requests/paths.js';
import { PurchaseCreditRequest } from '../../src/api/requests/purchase-credit.js';

/** A rule that cannot be compiled: of each element. */
class ListRequest {
  @IsArray({ each: true })
  readonly reference!: string[][];
}

/** Rules under conditions: of the field, and of the rule alone. */
class ConditionalRequest {
  @IsOptional()
  @IsString()
  readonly amount?: string;

  @ValidateIf(({ amount }: ConditionalRequest) => amount !== undefined)
  @MinLength(2)
  readonly limit?: string;

  @IsIn(['a'], { validateIf: ({ amount }: ConditionalRequest) => amount === '1' })
  readonly after?: string;
}

class DerivedRequest extends AddCreditRequest {
  @Matches(/^x/)
  readonly after!: string;
}

const CLASSES: readonly RequestClass[] = [
  AddCreditRequest,
  AddSipAccountRequest,
  OpenMainAccountRequest,
  PageRequest,
  CommandPath,
  SipAccountPath,
  PurchaseCreditRequest,
  ListRequest,
  ConditionalRequest,
  DerivedRequest,
];
const FIELDS = [
  'amount',
  'reference',
  'mainAccountId',
  'sipAccountId',
  'currency',
  'idempotencyKey',
  'after',
  'limit',
];

const value = fc.oneof(
  fc.constantFrom(
    '1',
    '12.2109',
    'EUR',
    'eur',
    'acme',
    '.',
    '..',
    '',
    '0',
    '1000',
    '1001',
    'x1',
    'a',
    'a b',
    '\n',
    'é',
  ),
  fc.constantFrom([], [['a']], ['a', 'b'], { amount: '1' }, { amount: 1 }),
  fc.string(),
  fc.jsonValue(),
  fc.constant(undefined),
);

/** Mostly of fields that the class has, or hardly one would be good. */
function requestsOf(type: RequestClass) {
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  const known = fc.constantFrom(...rules.map(({ propertyName }) => propertyName));
  const name = fc.oneof({ weight: 9, arbitrary: known }, fc.constantFrom(...FIELDS));
  return fc.dictionary(name, value, { noNullPrototype: true });
}

/** What class-validator alone says: the names of the wrong fields. */
function wrongFields(type: RequestClass, plain: object): string[] {
  const options = { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: false };
  return validateSync(Object.assign(new type(), plain), options).map(({ property }) => property);
}

/** The request as read, and the reasons by field if it was refused. */
function outcome(compiled: CompiledRequest, plain: object) {
  try {
    return { read: compiled.read(plain), reasons: new Map<string, string>() };
  } catch (error) {
    const { errors } = error as InvalidRequest;
    return { read: undefined, reasons: new Map(errors.map(({ field, message }) => [field, message])) };
  }
}

describe.each(CLASSES)('a compiled %p', (type) => {
  const compiled = new CompiledRequest(type);
  const holds = (predicate: (plain: object) => void) =>
    fc.assert(fc.property(requestsOf(type), predicate), { numRuns: 300 });

  it('refuses the same fields as class-validator', () =>
    holds((plain) => {
      const refused = [...outcome(compiled, plain).reasons.keys()];
      expect(refused.toSorted()).toEqual(wrongFields(type, plain).toSorted());
    }));

  it('reads what it does not refuse as it is', () =>
    holds((plain) => {
      const { read, reasons } = outcome(compiled, plain);
      expect(read).toEqual(reasons.size > 0 ? undefined : Object.assign(new type(), plain));
    }));

  it('gives every refused field a reason', () =>
    holds((plain) => expect([...outcome(compiled, plain).reasons.values()]).not.toContain('')));
});

it('refuses a class that nests, whose inner fields nobody would check', () => {
  class NestingRequest {
    @ValidateNested()
    readonly inner!: AddCreditRequest;
  }
  expect(() => new CompiledRequest(NestingRequest)).toThrow('NestingRequest nests');
});
