// The keeper's calls: from a message's bytes to the store and back, and every refusal with its code, so that the writer at
// the other end can tell one that was replaced from one that is early.
import { type handleUnaryCall, Metadata, status } from '@grpc/grpc-js';
import { AppError, ERROR_CODES } from '#kit/errors.ts';
import type { Log } from '#kit/log.ts';
import type { Appender, Store } from '#store/contract.ts';
import {
  APPEND,
  CODE_TRAILER,
  MOST_OPEN_FINDINGS,
  OPEN_FINDINGS,
  POSITION,
  REPORT,
  REPORT_BYTES,
  readAppend,
  readOpenFindings,
  readReport,
  writeAppendReply,
  writeOpenFindingsReply,
  writePositionReply,
} from '#store/keeper/contract.ts';
import { type KeeperFacts, parseFacts } from './keeper-facts.ts';
import { decode } from './unary.ts';

export interface KeeperCallsOptions {
  readonly store: Appender & Pick<Store, 'info' | 'findings'>;
  /** Replaces what was reported before. */
  onReport(facts: KeeperFacts): void;
  /** After each append; `code` when it was refused. */
  onAppend?(outcome: 'stored' | 'duplicate' | 'refused'): void;
  readonly log: Log;
}

type Handle = (bytes: Uint8Array) => Promise<Uint8Array>;

/** By path. */
export function keeperCalls(options: KeeperCallsOptions): Record<string, handleUnaryCall<Buffer, Uint8Array>> {
  const { store, onReport, onAppend, log } = options;
  let reportedEpoch = 0;
  /** Who writes next may ask before it has anything to store; who was replaced is to hear so. */
  const checkEpoch = (what: string, epoch: number, storedEpoch: number): void => {
    const known = Math.max(reportedEpoch, storedEpoch);
    if (epoch >= known) return;
    throw new AppError('stale-epoch', `${what} is of epoch ${epoch}, and epoch ${known} has taken over`);
  };
  const append: Handle = async (bytes) => {
    try {
      const result = await store.append(decode(readAppend, bytes));
      onAppend?.(result.outcome);
      return writeAppendReply(result);
    } catch (error) {
      onAppend?.('refused');
      throw error;
    }
  };
  const position: Handle = async () => {
    const [at, { epoch }] = await Promise.all([store.position(), store.info()]);
    return writePositionReply({ position: at, epoch: Math.max(epoch, reportedEpoch) });
  };
  const report: Handle = async (bytes) => {
    const { epoch, facts } = decode(readReport, bytes);
    if (facts.length > REPORT_BYTES) throw new AppError('too-much', `a report has at most ${REPORT_BYTES} bytes`);
    const parsed = parseFacts(facts);
    const stored = await store.info();
    // Nothing may come between this look and what follows from it: another report is as far as this one.
    checkEpoch('the report', epoch, stored.epoch);
    reportedEpoch = epoch;
    onReport(parsed);
    return new Uint8Array(0);
  };
  const openFindings: Handle = async (bytes) => {
    const { epoch, limit, cursor } = decode(readOpenFindings, bytes);
    checkEpoch('the question', epoch, (await store.info()).epoch);
    const query = {
      open: true,
      limit: Math.min(limit, MOST_OPEN_FINDINGS),
      ...(cursor === undefined ? {} : { cursor }),
    };
    const { findings, next } = await store.findings(query);
    return writeOpenFindingsReply({ findings, ...(next === undefined ? {} : { next }) });
  };
  const calls = { [APPEND]: append, [POSITION]: position, [REPORT]: report, [OPEN_FINDINGS]: openFindings };
  return Object.fromEntries(Object.entries(calls).map(([path, handle]) => [path, answering(path, handle, log)]));
}

function answering(path: string, handle: Handle, log: Log): handleUnaryCall<Buffer, Uint8Array> {
  return ({ request }, callback) => {
    handle(request).then(
      (bytes) => callback(null, bytes),
      (error: unknown) => callback(refusalOf(error, path, log)),
    );
  };
}

function refusalOf(error: unknown, path: string, log: Log) {
  const metadata = new Metadata();
  if (error instanceof AppError) {
    metadata.set(CODE_TRAILER, error.code);
    return { code: ERROR_CODES[error.code][2], details: error.message, metadata };
  }
  log.error({ path, err: error }, 'a call failed');
  metadata.set(CODE_TRAILER, 'internal');
  return { code: status.INTERNAL, details: 'the keeper failed; its log says why', metadata };
}
