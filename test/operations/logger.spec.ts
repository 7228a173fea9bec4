import { describe, expect, it } from '@jest/globals';
import { createLogger, NestLogger } from '../../src/operations/logger.js';

/** A log, and its lines read back. */
function logger(logLevel: 'trace' | 'info' = 'trace') {
  const lines: string[] = [];
  const pino = createLogger({ logLevel }, { write: (line: string) => lines.push(line) });
  const last = (): Record<string, unknown> => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown>;
  return { lines, last, pino, nest: new NestLogger(pino) };
}

describe('the log', () => {
  it('is one JSON object a line, with level and time in words', () => {
    const { last, nest } = logger();
    nest.warn('careful', 'Auth');
    expect(last()).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      context: 'Auth',
      msg: 'careful',
    });
  });

  it('takes fields beside the message', () => {
    const { last, nest } = logger();
    nest.error({ message: 'internal-error', correlationId: 'order-1' }, 'Api');
    expect(last()).toMatchObject({ level: 'error', msg: 'internal-error', correlationId: 'order-1' });
    nest.log({ msg: 'caught up', events: 7 }, 'Projections');
    expect(last()).toMatchObject({ level: 'info', msg: 'caught up', events: 7, context: 'Projections' });
  });

  it('takes errors and stacks', () => {
    const { last, nest } = logger();
    nest.error(new Error('broken'), 'Api');
    expect(last()).toMatchObject({ msg: 'broken', err: { message: 'broken', type: 'Error' } });
    nest.error('broken', 'at here', 'Api');
    expect(last()).toMatchObject({ msg: 'broken', stack: 'at here', context: 'Api' });
    nest.error('broken', undefined, 'Api');
    expect(last()).toMatchObject({ msg: 'broken', context: 'Api' });
  });

  it("keeps the framework's tale of its start for debugging", () => {
    const { lines, nest } = logger('info');
    nest.log('Mapped {/v1/main-accounts, POST} route', 'RouterExplorer');
    nest.debug('detail', 'Auth');
    expect(lines).toEqual([]);
  });

  it('never shows credentials, even if somebody logs headers', () => {
    const { lines, pino } = logger();
    const headers = {
      authorization: 'Bearer secret-1',
      cookie: 'session=secret-2',
      'set-cookie': 'secret-3',
    };
    pino.info(headers, 'headers');
    pino.info({ req: { headers }, headers }, 'request');
    expect(lines.join('')).not.toMatch(/secret-\d/);
  });
});
