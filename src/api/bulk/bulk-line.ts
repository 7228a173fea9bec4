import { PayloadTooLargeException } from '@nestjs/common';
import type { CommandContext } from '../../ledger/commands/command-context.js';
import { AddCreditCommand } from '../../ledger/commands/add-credit.js';
import { AddSipAccountCommand } from '../../ledger/commands/add-sip-account.js';
import type { LedgerCommand } from '../../ledger/commands/ledger-command.js';
import { OpenMainAccountCommand } from '../../ledger/commands/open-main-account.js';
import { PurchaseCreditCommand } from '../../ledger/commands/purchase-credit.js';
import { RemoveAllCreditCommand } from '../../ledger/commands/remove-all-credit.js';
import { parseAmount } from '../../ledger/domain/amount.js';
import { CompiledRequest, type RequestClass } from '../compiled-request.js';
import { InvalidRequest } from '../invalid-request.js';
import { parseJsonBody } from '../json-body.js';
import {
  AddCreditLineRequest,
  AddSipAccountLineRequest,
  OpenMainAccountLineRequest,
  PurchaseCreditLineRequest,
  RemoveAllCreditLineRequest,
} from '../requests/bulk-lines.js';
import type { Line } from './lines.js';
import { MAX_LINE_BYTES } from './limits.js';

/** Who sends the lines, and what they belong to: all of a context but the key, which each line has. */
export type Sender = Omit<CommandContext, 'idempotencyKey'>;

/** What a line asks for, or why it cannot be read. */
export interface ReadLine {
  /** Undefined when not even that can be read. */
  readonly mainAccountId: string | undefined;
  readonly command?: LedgerCommand;
  /** InvalidRequest, a refusal of the amount, or PayloadTooLargeException. */
  readonly error?: unknown;
}

type Reader = (line: unknown, sender: Sender) => LedgerCommand;

function reader<R extends { readonly idempotencyKey: string }>(
  request: RequestClass & (new () => R),
  commandOf: (line: R, context: CommandContext) => LedgerCommand,
): Reader {
  const compiled = new CompiledRequest(request);
  return (value, sender) => {
    const line = compiled.read(value) as R;
    return commandOf(line, {
      idempotencyKey: line.idempotencyKey,
      actor: sender.actor,
      correlationId: sender.correlationId,
      causationId: sender.causationId,
    });
  };
}

/** Every command by its name. Their data are those of the routes, so that a key means the same in both. */
const READERS: ReadonlyMap<unknown, Reader> = new Map<unknown, Reader>([
  [
    'OpenMainAccount',
    reader(
      OpenMainAccountLineRequest,
      ({ mainAccountId, currency }, context) =>
        new OpenMainAccountCommand({ mainAccountId, currency }, context),
    ),
  ],
  [
    'PurchaseCredit',
    reader(
      PurchaseCreditLineRequest,
      ({ mainAccountId, amount, reference }, context) =>
        new PurchaseCreditCommand({ mainAccountId, amount: parseAmount(amount), reference }, context),
    ),
  ],
  [
    'AddSipAccount',
    reader(
      AddSipAccountLineRequest,
      ({ mainAccountId, sipAccountId }, context) =>
        new AddSipAccountCommand({ mainAccountId, sipAccountId }, context),
    ),
  ],
  [
    'AddCredit',
    reader(
      AddCreditLineRequest,
      ({ mainAccountId, sipAccountId, amount }, context) =>
        new AddCreditCommand({ amount: parseAmount(amount), mainAccountId, sipAccountId }, context),
    ),
  ],
  [
    'RemoveAllCredit',
    reader(
      RemoveAllCreditLineRequest,
      ({ mainAccountId, sipAccountId }, context) =>
        new RemoveAllCreditCommand({ mainAccountId, sipAccountId }, context),
    ),
  ],
]);

/** Reads one line. A broken one is no more than an error of its own. */
export function readLine(line: Line, sender: Sender): ReadLine {
  let mainAccountId: string | undefined;
  try {
    if (!line) throw new PayloadTooLargeException(`A line has at most ${MAX_LINE_BYTES} bytes`);
    const value = parseJsonBody(line, 'The line');
    if (typeof value !== 'object' || value === null)
      throw new InvalidRequest('The line is not a JSON object');
    const { command: name, mainAccountId: id } = value as Readonly<Record<string, unknown>>;
    if (typeof id === 'string') mainAccountId = id;
    const read = READERS.get(name);
    if (!read)
      throw InvalidRequest.field('command', `command must be one of ${[...READERS.keys()].join(', ')}`);
    return { mainAccountId, command: read(value, sender) };
  } catch (error) {
    return { mainAccountId, error };
  }
}
