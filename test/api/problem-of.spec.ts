import { describe, expect, it } from '@jest/globals';
import {
  BadGatewayException,
  BadRequestException,
  ConflictException,
  GoneException,
  HttpException,
  NotFoundException,
} from '@nestjs/common';
import { problemOf } from '../../src/api/problem-of.js';
import { IssuerUnavailable } from '../../src/auth/tokens.js';
import { StreamDamaged } from '../../src/event-store/errors.js';
import { CannotWrite } from '../../src/files/small-file.js';
import { InsufficientCredit } from '../../src/ledger/domain/errors.js';
import { ReadModelBehind } from '../../src/projections/errors.js';

describe('an error becomes a problem', () => {
  it.each([
    ['read-model-behind', new ReadModelBehind('accounts', 'is behind')],
    ['issuer-unavailable', new IssuerUnavailable('no keys')],
    ['conflict', new ConflictException('last key')],
    ['not-found', new NotFoundException('no such key')],
    ['too-many-requests', new HttpException('slow down', 429)],
    ['invalid-request', new BadRequestException('both')],
    ['invalid-request', new GoneException('a status without a code of its own')],
  ])('%s', (code, error) => expect(problemOf(error)).toMatchObject({ code, detail: error.message }));

  it('with the figures of a refusal', () =>
    expect(problemOf(new InsufficientCredit('1.0000', '2.0000'))).toMatchObject({
      code: 'insufficient-credit',
      members: { available: '1.0000', requested: '2.0000' },
    }));

  it('that asks nobody to repeat what only an operator can mend', () =>
    expect(problemOf(new StreamDamaged('the stream mainAccount-acme was deleted'))).toEqual({
      code: 'store-unavailable',
      detail: expect.stringMatching(/until an operator(?!.*[Rr]epeat)/),
    }));

  it.each([
    ['A file of the service cannot be written, so all is as it was', 'EIO', false],
    ['The disk is full, so all is as it was', 'ENOSPC', false],
    ['This was written, but may not outlast a power cut', 'EIO', true],
    ['This was written, but may not outlast a power cut', 'ENOSPC', true],
  ])('that says what a file holds: %s (%s)', (detail, code, replaced) =>
    expect(problemOf(new CannotWrite('/keys', { code, message: code }, replaced))).toEqual({
      code: 'store-unavailable',
      detail: expect.stringContaining(detail),
    }),
  );

  it.each([[new Error('x')], [new BadGatewayException('x')], ['text'], [undefined], [null]])(
    'unless nobody foresaw it: %p',
    (error) => expect(problemOf(error)).toBeUndefined(),
  );
});
