// A store of metrics as tests see it, whichever it is: Prometheus' HTTP interface over one process.
import { callJson } from './http-call.ts';
import type { PartProcess } from './process.ts';

export interface Track {
  readonly labels: Readonly<Record<string, string>>;
  readonly timesMs: readonly number[];
  readonly values: readonly number[];
}

export interface MetricServer {
  readonly url: string;
  /** Where Prometheus' remote write goes. */
  readonly writeUrl: string;
  readonly process: PartProcess;
  /** The series that an expression gives at one time (now, unless told), each with one value. */
  query(expression: string, timeMs?: number): Promise<Track[]>;
  queryRange(expression: string, range: { startMs: number; endMs: number; stepMs: number }): Promise<Track[]>;
  stop(): Promise<void>;
}

interface Answer {
  readonly data: {
    readonly result: readonly {
      readonly metric: Record<string, string>;
      readonly value?: readonly [number, string];
      readonly values?: readonly (readonly [number, string])[];
    }[];
  };
}

export function metricServer(url: string, writeUrl: string, process: PartProcess): MetricServer {
  const ask = async (path: string, parameters: Record<string, string>): Promise<Track[]> => {
    const { data } = await callJson<Answer>(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    return data.result.map(({ metric, value, values = value === undefined ? [] : [value] }) => ({
      labels: metric,
      timesMs: values.map(([seconds]) => Math.round(seconds * 1000)),
      values: values.map(([, text]) => numberOf(text)),
    }));
  };
  return {
    url,
    writeUrl,
    process,
    query: (query, timeMs) => ask('query', { query, ...(timeMs === undefined ? {} : { time: String(timeMs / 1000) }) }),
    queryRange: (query, { startMs, endMs, stepMs }) =>
      ask('query_range', {
        query,
        start: String(startMs / 1000),
        end: String(endMs / 1000),
        step: String(stepMs / 1000),
      }),
    stop: () => process.stop(),
  };
}

function numberOf(text: string): number {
  return text.endsWith('Inf') ? (text.startsWith('-') ? -Infinity : Infinity) : Number(text);
}
