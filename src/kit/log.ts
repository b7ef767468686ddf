// Structured logs: constant message, key/values, one JSON object a line on stderr.
import { type DestinationStream, destination, type Logger, pino } from 'pino';
import { errorRecord } from './error-record.ts';

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
export type LogLevel = 'silent' | 'debug' | 'info' | 'warn' | 'error';

export function createLog(level: LogLevel, to: DestinationStream = destination(2)): Log {
  const serializers = { err: errorRecord };
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers }, to);
}
