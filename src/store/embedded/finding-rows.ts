// Findings as rows: columns for what is asked for, and the whole finding as JSON.
import type { DatabaseSync } from 'node:sqlite';
import { entityKey } from '#model/entity.ts';
import type { Finding } from '#model/finding.ts';
import type { Track } from '#model/score.ts';
import { fromJson, toJson } from './json.ts';
import { checkCrc, numberOf, type Row, rowCrc, textOf } from './rows.ts';

export interface FindingWriter {
  /** Stores or replaces a finding. Returns the changes of how many findings opened when. */
  put(finding: Finding, service: string | undefined): readonly { readonly timeMs: number; readonly change: number }[];
}

const COLUMNS =
  'id, seen_ms, start_ms, confirmed_ms, closed_seen_ms, entity, service, metric, detector, peak, words, json, crc';

export function createFindingWriter(db: DatabaseSync): FindingWriter {
  const known = db.prepare('SELECT confirmed_ms FROM findings WHERE id = ?');
  const upsert = db.prepare(
    `INSERT OR REPLACE INTO findings (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return {
    put: (finding, service) => {
      const old = known.get(finding.id);
      const json = toJson(finding);
      const values = columnsOf(finding, service);
      upsert.run(...values, json, rowCrc([...values, json]));
      const opened = { timeMs: finding.confirmedMs, change: 1 };
      return old === undefined ? [opened] : [{ timeMs: numberOf(old, 'confirmed_ms'), change: -1 }, opened];
    },
  };
}

/** When production knew that it had ended; undefined while it is open. */
export function endOf(finding: Finding): number | undefined {
  return finding.closedSeenMs ?? finding.closedMs;
}

/** The peak's size; a finding without a number for it is the least. */
function peakOf(finding: Finding): number {
  const size = Math.abs(finding.peak.score);
  return Number.isNaN(size) ? 0 : size;
}

type Columns = [string, number, number, number, number | null, string, string | null, string, string, number, string];

function columnsOf(finding: Finding, service: string | undefined): Columns {
  const entity = entityKey(finding.entity);
  return [
    finding.id,
    finding.seenMs,
    finding.startMs,
    finding.confirmedMs,
    endOf(finding) ?? null,
    entity,
    service ?? null,
    finding.metric,
    finding.detector,
    peakOf(finding),
    wordsOf(entity, finding),
  ];
}

/** What is searched: no word may match across two of the fields, hence the line breaks. */
function wordsOf(entity: string, finding: Finding): string {
  return [entity, finding.metric, finding.detector].join('\n').toLowerCase();
}

/** The service a finding counts to, when it can be told: the entity itself, the callee, or what the pod's series say. */
export function serviceOf(finding: Finding, find: (trackKey: string) => Track | undefined): string | undefined {
  if (finding.entity.kind === 'service') return finding.entity.name;
  if (finding.call !== undefined) return finding.call.destination;
  const series = [finding.opening.series, finding.peak.series, ...finding.members.map((member) => member.series)];
  for (const key of new Set(series)) {
    const service = find(`${finding.detector}|${key}`)?.labels.service;
    if (service !== undefined) return service;
  }
  return undefined;
}

export const FINDING_COLUMNS = COLUMNS;

/** The finding of a row, after its check sum was found right. */
export function readFinding(db: DatabaseSync, row: Row): Finding {
  const values = COLUMNS.split(', ')
    .slice(0, -1)
    .map((name) => row[name] as string | number | null);
  checkCrc(db, `finding ${textOf(row, 'id')}`, row, rowCrc(values));
  return fromJson(textOf(row, 'json')) as Finding;
}
