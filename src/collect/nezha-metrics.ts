// The metric files of a Nezha recording as series under Prometheus names in base units, one frame per row. Numbers are
// scaled in the text (`7.4` milli → `7.4e-3`), so that each double is the one nearest to the decimal that was recorded.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#kit/errors.ts';
import type { Labels } from '#model/series.ts';
import { type CsvTable, columnOf, readCsv } from './csv.ts';

/** Where a column's values go: its metric's name, and a power of ten and of two to multiply by. */
export interface Unit {
  readonly name: string;
  readonly exponent: number;
  readonly factor?: number;
}

export interface NezhaSource {
  readonly table: CsvTable;
  /** Column of the time, and of the first value. */
  readonly timeColumn: number;
  readonly firstValue: number;
  /** One per value column. */
  readonly labels: readonly Labels[];
  readonly units: readonly Unit[];
}

const MEBIBYTE = 2 ** 20;
const PERCENTILES = ['P50', 'P90', 'P95', 'P99'];

const POD_COLUMNS: Readonly<Record<string, Unit>> = {
  'CpuUsage(m)': { name: 'pod_cpu_usage_cores', exponent: -3 },
  'CpuUsageRate(%)': { name: 'pod_cpu_usage_ratio', exponent: -2 },
  'MemoryUsage(Mi)': { name: 'pod_memory_usage_bytes', exponent: 0, factor: MEBIBYTE },
  'MemoryUsageRate(%)': { name: 'pod_memory_usage_ratio', exponent: -2 },
  SyscallRead: { name: 'pod_syscall_reads', exponent: 0 },
  SyscallWrite: { name: 'pod_syscall_writes', exponent: 0 },
  NetworkReceiveBytes: { name: 'pod_network_receive_bytes', exponent: 0 },
  NetworkTransmitBytes: { name: 'pod_network_transmit_bytes', exponent: 0 },
  ...latencies('PodClientLatency', 'pod_client_latency'),
  ...latencies('PodServerLatency', 'pod_server_latency'),
  'PodWorkload(Ops)': { name: 'pod_operations_per_second', exponent: 0 },
  'PodSuccessRate(%)': { name: 'pod_success_ratio', exponent: -2 },
  'NodeCpuUsageRate(%)': { name: 'node_cpu_usage_ratio', exponent: -2 },
  'NodeMemoryUsageRate(%)': { name: 'node_memory_usage_ratio', exponent: -2 },
  NodeNetworkReceiveBytes: { name: 'node_network_receive_bytes', exponent: 0 },
};

const SERVICE_COLUMNS: Readonly<Record<string, Unit>> = {
  'SuccessRate(%)': { name: 'service_success_ratio', exponent: -2 },
  ...latencies('Latency', 'service_latency'),
};

function latencies(column: string, metric: string): Record<string, Unit> {
  return Object.fromEntries(
    PERCENTILES.map((p) => [`${column}${p}(s)`, { name: `${metric}_${p.toLowerCase()}_seconds`, exponent: 0 }]),
  );
}

/** The service a pod belongs to: its name without the hashes of its replica set and its own. */
export function serviceOfPod(pod: string): string {
  return pod.split('-').slice(0, -2).join('-') || pod;
}

/** Every table of series under `metricDir`, in the order of the file names; `common` labels go on each series. */
export async function readNezhaMetrics(
  metricDir: string,
  common: Labels,
  nodeOf: ReadonlyMap<string, string>,
): Promise<NezhaSource[]> {
  const names = await readdir(metricDir).catch((cause: unknown) => {
    throw new AppError(
      'not-found',
      `${metricDir} cannot be listed: a folder of a Nezha day, with metric/ in it, was expected.`,
      { cause },
    );
  });
  const sources: NezhaSource[] = [];
  for (const name of names.sort()) {
    const path = join(metricDir, name);
    if (name.endsWith('_metric.csv')) sources.push(podSource(await readCsv(path), common, nodeOf));
    else if (name === 'front_service.csv') sources.push(serviceSource(await readCsv(path), common));
    else if (name === 'source_50.csv') sources.push(callSource(await readCsv(path), common, 'source'));
    else if (name === 'destination_50.csv') sources.push(callSource(await readCsv(path), common, 'destination'));
  }
  if (sources.length === 0) {
    throw new AppError(
      'bad-input',
      `${metricDir} has no metric file: <pod>_metric.csv or front_service.csv was expected.`,
    );
  }
  return sources;
}

function podSource(table: CsvTable, common: Labels, nodeOf: ReadonlyMap<string, string>): NezhaSource {
  const pod = onlyValue(table, 'PodName');
  const service = serviceOfPod(pod);
  const node = nodeOf.get(service);
  const units = unitsOf(table, POD_COLUMNS);
  const labels = units.map(({ name }) => ({
    __name__: name,
    ...common,
    pod,
    service,
    ...(name.startsWith('node_') && node !== undefined ? { node } : {}),
  }));
  return { table, timeColumn: columnOf(table, 'Time'), firstValue: 3, labels, units };
}

function serviceSource(table: CsvTable, common: Labels): NezhaSource {
  const service = onlyValue(table, 'ServiceName').toLowerCase();
  const units = unitsOf(table, SERVICE_COLUMNS);
  const labels = units.map(({ name }) => ({ __name__: name, ...common, service }));
  return { table, timeColumn: columnOf(table, 'Time'), firstValue: 3, labels, units };
}

function callSource(table: CsvTable, common: Labels, reporter: string): NezhaSource {
  const calls = table.columns.slice(2);
  const labels = calls.map((call) => {
    const [source, destination, ...more] = call.split('_');
    if (source === undefined || destination === undefined || more.length > 0) {
      throw new AppError('bad-input', `${table.path}: column "${call}" is not named <caller>_<callee>.`);
    }
    return { __name__: 'call_latency_p50_seconds', ...common, source, destination, reporter };
  });
  const units = calls.map(() => ({ name: 'call_latency_p50_seconds', exponent: 0 }));
  return { table, timeColumn: columnOf(table, 'time'), firstValue: 2, labels, units };
}

function unitsOf(table: CsvTable, known: Readonly<Record<string, Unit>>): Unit[] {
  return table.columns.slice(3).map((column) => {
    const unit = Object.hasOwn(known, column) ? known[column] : undefined;
    if (unit !== undefined) return unit;
    throw new AppError(
      'bad-input',
      `${table.path}: column "${column}" is not one of ${Object.keys(known).join(', ')}.`,
    );
  });
}

/** The one value of a column that says what the whole file is about. */
function onlyValue(table: CsvTable, name: string): string {
  const column = columnOf(table, name);
  const values = new Set(table.rows.map((row) => row[column]));
  const [value] = values;
  if (values.size === 1 && value !== undefined && value !== '') return value;
  throw new AppError('bad-input', `${table.path}: column "${name}" must hold one name; it holds ${values.size}.`);
}
