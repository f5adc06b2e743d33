import { type LoggerService } from '@nestjs/common';
import { types } from 'node:util';
import { pino, type DestinationStream, type Logger } from 'pino';
import { type Config } from '../config/config.js';
import { type Clock } from '../kernel/clock.js';
import { describeError } from './error-description.js';

/** Lines are written when there are this many bytes of them, or after this time: one write for many lines. */
const WRITE_BYTES = 12 * 1024;
const WRITE_MS = 200;

/**
 * The root logger: one JSON line per event on standard output. What a line may hold is decided
 * where it is written, field by field; requests, bodies and headers are never handed to it.
 *
 * @param destination where lines go; standard output unless told. Lines are written in the
 *   background and flushed at exit.
 */
export function createLogger(
  config: Pick<Config, 'house'>,
  clock: Clock,
  destination: DestinationStream = pino.destination({ dest: 1, sync: false, minLength: WRITE_BYTES, periodicFlush: WRITE_MS }),
): Logger {
  return pino(
    {
      level: config.house.LOG_LEVEL,
      base: null,
      timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
      formatters: { level: (level) => ({ level }) },
    },
    destination,
  );
}

/** Lines of the framework that say what it wired up: of use to those who work on it. */
const CHATTY = new Set(['InstanceLoader', 'NestApplication', 'NestFactory', 'RouterExplorer', 'RoutesResolver']);
const TEXT_MAX = 500;

/** Hands the framework's own log lines to the root logger, with nothing but context and text. */
export class HouseLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    const context = contextOf(rest);
    this.write(context !== undefined && CHATTY.has(context) ? 'debug' : 'info', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
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

  private write(level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal', message: unknown, rest: unknown[]): void {
    const context = contextOf(rest);
    const fields = context === undefined ? {} : { context };
    const error = [message, ...rest].find((item) => types.isNativeError(item));
    if (error) this.logger[level]({ ...fields, ...describeError(error) }, 'framework error');
    else this.logger[level](fields, typeof message === 'string' ? message.slice(0, TEXT_MAX) : 'framework event');
  }
}

/** The framework passes its context as the last argument, after an optional stack. */
function contextOf(rest: readonly unknown[]): string | undefined {
  const last = rest.at(-1);
  return typeof last === 'string' && /^\w{1,60}$/.test(last) ? last : undefined;
}
