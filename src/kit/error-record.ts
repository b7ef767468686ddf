// An error as a log has it. An AppError says by itself what to do: its code, its sentence and what led to it are enough. Only
// what nobody expected brings its stack.
import { AppError } from './errors.ts';

export interface ErrorRecord {
  readonly type: string;
  readonly code?: string;
  readonly message: string;
  /** Sentences of what led to it, the nearest first. */
  readonly causes?: readonly string[];
  readonly stack?: string;
}

/** A chain may be a circle. */
const MOST_CAUSES = 5;

/** What was thrown need not be an error. */
export function errorRecord(thrown: unknown): ErrorRecord {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: String(thrown) };
  const { name, message, stack } = thrown;
  const code = 'code' in thrown && thrown.code !== undefined ? { code: String(thrown.code) } : {};
  const causes = causesOf(thrown);
  const chain = causes.length === 0 ? {} : { causes: causes.map(sentenceOf) };
  // An expected error may hide one that nobody expected; that one's stack is what is of use.
  const unexpected = thrown instanceof AppError ? (thrown.code === 'internal' ? lastError(causes) : undefined) : stack;
  return { type: name, ...code, message, ...chain, ...(unexpected === undefined ? {} : { stack: unexpected }) };
}

function causesOf(error: Error): unknown[] {
  const causes: unknown[] = [];
  for (let cause = error.cause; cause !== undefined && cause !== null && causes.length < MOST_CAUSES; ) {
    causes.push(cause);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return causes;
}

function sentenceOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return `${cause.name}: ${cause.message}`;
}

function lastError(causes: readonly unknown[]): string | undefined {
  const last = causes.findLast((cause) => cause instanceof Error);
  return last instanceof AppError ? undefined : (last as Error | undefined)?.stack;
}
