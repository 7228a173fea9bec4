import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import type { Config } from '../config/config.js';

/** Nothing logs headers; should something ever do, these do not come through. */
const SECRET_HEADERS = ['authorization', 'cookie', '["set-cookie"]'];
const REDACTED = SECRET_HEADERS.flatMap((name) => {
  const member = name.startsWith('[') ? name : `.${name}`;
  return [name, `*${member}`, `*.headers${member}`];
});

/** Bytes that may wait for a reader who is behind. Lines beyond that are lost: memory must not be. */
const MAX_WAITING = 4 * 2 ** 20;

/**
 * Standard output as it can be had: on a full disk or a closed terminal lines are lost, and the service goes on. It
 * never throws and never waits.
 */
function standardOutput(): DestinationStream {
  const { stdout } = process;
  stdout.on('error', () => undefined);
  return { write: (line) => void (stdout.writableLength < MAX_WAITING && stdout.write(line)) };
}

/** The log: one JSON object a line, on stdout unless told otherwise. */
export const createLogger = (
  { logLevel }: Pick<Config, 'logLevel'>,
  to: DestinationStream = standardOutput(),
): Logger => {
  const options: LoggerOptions = {
    level: logLevel,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level: string) => ({ level }) },
    redact: REDACTED,
  };
  return pino(options, to);
};

type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** What Nest and all who use Nest's `Logger` have to say goes into the same log. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    // The framework's tale of its start, a line a module and route, is for debugging.
    const level = FRAMEWORK.has(String(rest.at(-1))) ? 'debug' : 'info';
    this.write(level, message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  /** Nest puts the context last, a stack before it, and leaves the rest to the caller. */
  private write(level: Level, message: unknown, rest: readonly unknown[]): void {
    const fields: Record<string, unknown> = {};
    const texts = rest.filter((extra) => typeof extra === 'string');
    fields['context'] = texts.at(-1);
    if (texts.length > 1) fields['stack'] = texts[0];
    for (const extra of [message, ...rest])
      if (extra instanceof Error) fields['err'] = extra;
      else if (typeof extra === 'object') Object.assign(fields, extra);
    const { message: inFields, msg, ...others } = fields;
    const text =
      message instanceof Error ? message.message : typeof message === 'object' ? (inFields ?? msg) : message;
    this.logger[level](others, String(text));
  }
}

const FRAMEWORK: ReadonlySet<string> = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);
