// An analyser's door: the old contract, our own calls, health and reflection on one port. Beyond loopback it needs the
// certificates of mTLS, because a forged score would silence a page. Connections end after a minute, so that clients look names
// up again and a replica that was added gets its share.
import { Server } from '@grpc/grpc-js';
import { DETECT_ANOMALIES, readTimeSeriesData, writeAnalysisResult } from '#analysis/wire/detect-anomalies.ts';
import { FIT, readFitRequest, writeFitResponse } from '#analysis/wire/fit.ts';
import { readScoreWindowsRequest, SCORE_WINDOWS, writeScoreWindowsResponse } from '#analysis/wire/score-windows.ts';
import type { Algorithm } from '#detect/contract.ts';
import type { Certificates } from '#kit/certificates.ts';
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import type { Log } from '#kit/log.ts';
import { detectAnomalies } from './detect-anomalies.ts';
import { closeDoor, onlyFor, openDoor } from './door.ts';
import { fitState } from './fit-state.ts';
import { createHealth } from './health.ts';
import { type AnalysisLimits, DEFAULT_LIMITS } from './limits.ts';
import { createReflection } from './reflection.ts';
import { scoreWindows } from './score-windows.ts';
import { type AnalysisMetrics, createGate, decode, type Handle, serviceOf } from './unary.ts';

export const DEFAULT_PORT = 50_051;
const ANALYSIS = ['analysis.AnomalyAnalysis', 'tidewatch.v1.Analysis'];
const LISTED = [...ANALYSIS, 'grpc.health.v1.Health'];

export interface AnalysisServerOptions {
  /** By name; the old contract needs `z-score`. */
  readonly algorithms: Readonly<Record<string, Algorithm>>;
  /** Of this program, told with each fitted state. */
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<AnalysisLimits>;
  /** With them every client must show a certificate that `ca` signed, and only the operator's may have anything scored. */
  readonly credentials?: Certificates;
  readonly maxConnectionAgeMs?: number;
  readonly metrics?: AnalysisMetrics;
}

export interface AnalysisServer {
  /** Port 0 chooses one. Rejects with an AppError where it may not or cannot listen. */
  listen(at?: { readonly host?: string; readonly port?: number }): Promise<{ readonly port: number }>;
  /** Takes nothing new; what is under way may end within `graceMs`. */
  close(graceMs: number): Promise<void>;
}

export function createAnalysisServer(options: AnalysisServerOptions): AnalysisServer {
  const { credentials, clock, log } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const server = new Server({
    'grpc.max_connection_age_ms': options.maxConnectionAgeMs ?? 60_000,
    'grpc.max_connection_age_grace_ms': 10_000,
    'grpc.max_receive_message_length': limits.receiveBytes,
    'grpc-node.flow_control_window': limits.receiveBytes,
  });
  const gate = createGate({ clock, log, calls: limits.calls, ...(options.metrics && { metrics: options.metrics }) });
  const health = createHealth(ANALYSIS);
  const reflection = createReflection(LISTED);
  const gated = Object.entries(handlersOf(options, limits)).map(
    ([path, handle]) => [path, gate(path, handle)] as const,
  );
  const calls = onlyFor('operator', credentials, Object.fromEntries(gated));
  server.addService(serviceOf({ [DETECT_ANOMALIES]: 'unary', [SCORE_WINDOWS]: 'unary', [FIT]: 'unary' }), calls);
  server.addService(health.service, health.handlers);
  server.addService(reflection.service, reflection.handlers);
  return {
    async listen({ host = '127.0.0.1', port = DEFAULT_PORT } = {}) {
      return { port: await openDoor(server, 'the analyser', credentials, { host, port }) };
    },
    async close(graceMs) {
      health.stop();
      await closeDoor(server, clock, graceMs);
    },
  };
}

function handlersOf(options: AnalysisServerOptions, limits: AnalysisLimits): Record<string, Handle> {
  const { algorithms, version, clock, log } = options;
  const zScore = Object.hasOwn(algorithms, 'z-score') ? algorithms['z-score'] : undefined;
  if (zScore === undefined) throw new AppError('internal', 'the old contract needs an algorithm called z-score');
  return {
    [DETECT_ANOMALIES]: async (bytes) =>
      writeAnalysisResult(detectAnomalies(decode(readTimeSeriesData, bytes), zScore)),
    [SCORE_WINDOWS]: async (bytes, isCancelled) => {
      const request = decode((message) => readScoreWindowsRequest(message, limits.windows), bytes);
      return writeScoreWindowsResponse(await scoreWindows(request, { algorithms, clock, log, limits, isCancelled }));
    },
    [FIT]: async (bytes) => {
      const deps = { algorithms, version, mostPoints: limits.windowPoints };
      return writeFitResponse(fitState(decode(readFitRequest, bytes), deps));
    },
  };
}
