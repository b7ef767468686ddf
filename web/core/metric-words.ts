// A metric's name as words: `pod_server_latency_p90_seconds` reads "P90 server latency", "P90 服务端延迟". Known words are
// translated one by one, unknown ones stand as they are, so that a metric nobody foresaw still reads well.
import type { Language } from './format.ts';
import { withoutUnit } from './units.ts';

/** Words that only say what the series is about, which the page says already. */
const SUBJECTS = new Set(['pod', 'service', 'container', 'tidewatch']);

const ENGLISH: Readonly<Record<string, string>> = {
  cpu: 'CPU',
  latency: 'latency',
  operations: 'requests',
  syscall: 'syscall',
  node: 'node',
  io: 'I/O',
  apiserver: 'API server',
  pleg: 'PLEG',
  wal: 'WAL',
};

const CHINESE: Readonly<Record<string, string>> = {
  call: '调用',
  client: '客户端',
  server: '服务端',
  latency: '延迟',
  cpu: 'CPU ',
  memory: '内存',
  usage: '用量',
  network: '网络',
  receive: '接收',
  transmit: '发送',
  success: '成功率',
  error: '错误',
  errors: '错误数',
  operations: '请求量',
  requests: '请求量',
  syscall: '系统调用',
  reads: '读',
  writes: '写',
  node: '节点',
  restarts: '重启次数',
  limit: '限额',
  throttled: '限流',
  apiserver: 'API 服务器',
  detector: '检测器',
  silence: '静默',
  pending: '等待',
  filesystem: '文件系统',
  inodes: 'inode ',
  disk: '磁盘',
  io: 'I/O ',
  volume: '卷',
  pressure: '资源压力',
  ready: '就绪',
  not: '未',
  runtime: '运行时',
  namespace: '命名空间',
  pods: 'Pod 数',
  leader: '主节点',
  no: '无',
  changes: '变更次数',
  database: '数据库',
  quota: '配额',
};

/** Without the percentile this also serves a family, whose members are percentiles of one thing. */
export function metricWords(metricName: string, language: Language): string {
  const name = withoutUnit(metricName);
  const isRatio = metricName.endsWith('_ratio');
  const percentile = /_(p\d{2,3})(?=_|$)/.exec(name)?.[1]?.toUpperCase();
  const rest = withoutPercentile(name)
    .split('_')
    .filter((word, i, all) => word !== '' && !(i === 0 && all.length > 1 && SUBJECTS.has(word)));
  return language === 'zh' ? chinese(rest, percentile, isRatio) : english(rest, percentile, isRatio);
}

/** The name of the whole family of percentiles. */
export function withoutPercentile(metricName: string): string {
  return metricName.replace(/_p\d{2,3}(?=_|$)/, '');
}

function english(words: readonly string[], percentile: string | undefined, isRatio: boolean): string {
  const known = words.map((word) => ENGLISH[word] ?? word);
  // "CPU usage" is measured in cores and again as a share of the limit.
  if (isRatio) known.push(words.includes('success') || words.includes('error') ? 'rate' : 'share');
  return sentence([percentile, ...known].filter((word) => word !== undefined).join(' '));
}

function chinese(words: readonly string[], percentile: string | undefined, isRatio: boolean): string {
  const known = words.map((word) => CHINESE[word] ?? `${word} `).join('');
  const ratio = isRatio && !known.endsWith('率') ? '占比' : '';
  return `${percentile === undefined ? '' : `${percentile} `}${known}${ratio}`.trim();
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
