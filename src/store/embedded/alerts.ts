// Alerts as rows, the findings that they are still to be made of, and the messages that wait for a receiver. A commit is one
// transaction, so that a crash leaves a change either unhandled or told in full.
import type { DatabaseSync } from 'node:sqlite';
import { AppError } from '#kit/errors.ts';
import {
  type Alert,
  type AlertChanges,
  type AlertCommit,
  type AlertMessage,
  FORGOTTEN_MS,
  type MessageQueue,
} from '#model/alert.ts';
import type { Finding } from '#model/finding.ts';
import type { Heard } from '../contract.ts';
import { fromJson, toJson } from './json.ts';
import { readFindingById } from './read-findings.ts';
import { checkCrc, damaged, numberOf, optionalNumberOf, type Row, rowCrc, textOf } from './rows.ts';

/** Of one answer. */
const MOST_CHANGES = 256;
const MOST_MESSAGES = 256;
/** That wait for one receiver; then the oldest go. */
const MOST_WAITING = 10_000;
/** Of other systems; resolved ones have what room is left by those that fire. */
const MOST_ALERTS = 20_000;

const ALERT_COLUMNS = 'key, source, state, updated_ms, json, crc';

/** Within the append's transaction. */
export function createChangeWriter(db: DatabaseSync): (finding: Finding) => void {
  // One that waits already goes behind all others: it is read as it is now.
  const add = db.prepare('INSERT OR REPLACE INTO alert_changes (finding) VALUES (?)');
  return ({ id }) => void add.run(id);
}

/** The caller holds a snapshot, here and below. What cannot be read any more is left out: it must not hold up the others. */
export function readAlertChanges(db: DatabaseSync): AlertChanges | undefined {
  const rows = db.prepare('SELECT number, finding FROM alert_changes ORDER BY number LIMIT ?').all(MOST_CHANGES);
  const last = rows.at(-1);
  if (last === undefined) return undefined;
  const findings = rows.flatMap((row) => unlessDamaged(() => readFindingById(db, textOf(row, 'finding'))) ?? []);
  return { number: numberOf(last, 'number'), findings };
}

/** Within a transaction, as all below. Returns how many messages had to go. */
export function commitAlerts(db: DatabaseSync, { handled, put, forget, tell, nowMs }: AlertCommit): number {
  if (handled !== undefined) db.prepare('DELETE FROM alert_changes WHERE number <= ?').run(handled);
  const remove = db.prepare("DELETE FROM alerts WHERE key = ? AND source = 'own'");
  for (const key of forget) remove.run(key);
  const store = alertWriter(db, '');
  for (const alert of put) store(alert);
  const byKey = new Map(put.map((alert) => [alert.key, alert]));
  const add = db.prepare('INSERT INTO alert_messages (receiver, since_ms, json, crc) VALUES (?, ?, ?, ?)');
  for (const { receiver, key } of tell) {
    const alert = byKey.get(key);
    if (alert === undefined) throw new AppError('internal', `the alert ${key} is told and not stored`);
    const json = toJson(alert);
    add.run(receiver, nowMs, json, rowCrc([receiver, nowMs, json]));
  }
  return [...new Set(tell.map(({ receiver }) => receiver))].reduce((sum, one) => sum + dropOldest(db, one), 0);
}

function dropOldest(db: DatabaseSync, receiver: string): number {
  const newest = 'SELECT number FROM alert_messages WHERE receiver = ? ORDER BY number DESC LIMIT 1 OFFSET ?';
  const drop = db.prepare(`DELETE FROM alert_messages WHERE receiver = ? AND number <= (${newest})`);
  return Number(drop.run(receiver, receiver, MOST_WAITING).changes);
}

/** Keeps the resolved ones first, for they make room; then of those that fire all that are known, and new ones as long as they fit. */
export function hearAlerts(db: DatabaseSync, alerts: readonly Alert[]): Heard {
  const isOwn = db.prepare("SELECT 1 FROM alerts WHERE key = ? AND source = 'own'");
  const heardMs = alerts.reduce((newest, { updatedMs }) => Math.max(newest, updatedMs), 0);
  const forget = db.prepare("DELETE FROM alerts WHERE source <> 'own' AND state = 'firing' AND updated_ms < ?");
  forget.run(heardMs - FORGOTTEN_MS);
  const foreign = alerts.filter(({ key }) => isOwn.get(key) === undefined);
  const store = alertWriter(db, "WHERE alerts.source <> 'own'");
  for (const alert of foreign) if (alert.state === 'resolved') store(alert);
  const isFiring = db.prepare("SELECT 1 FROM alerts WHERE key = ? AND state = 'firing'");
  let [firing, refused] = [countOthers(db, "state = 'firing'"), 0];
  for (const alert of foreign) {
    if (alert.state === 'resolved') continue;
    const isNew = isFiring.get(alert.key) === undefined;
    if (isNew && firing >= MOST_ALERTS) {
      refused++;
      continue;
    }
    if (isNew) firing++;
    store(alert);
  }
  return { own: alerts.length - foreign.length, refused, leftEarly: makeRoom(db) };
}

/** Drops the oldest resolved ones of others that are too many beside those that fire. Returns how many. */
function makeRoom(db: DatabaseSync): number {
  const excess = countOthers(db, '1') - MOST_ALERTS;
  if (excess <= 0) return 0;
  const oldest = "SELECT key FROM alerts WHERE source <> 'own' AND state = 'resolved' ORDER BY updated_ms LIMIT ?";
  return Number(db.prepare(`DELETE FROM alerts WHERE key IN (${oldest})`).run(excess).changes);
}

function countOthers(db: DatabaseSync, where: string): number {
  const counted = db.prepare(`SELECT count(*) AS n FROM alerts WHERE source <> 'own' AND ${where}`).get();
  return numberOf(counted ?? {}, 'n');
}

function alertWriter(db: DatabaseSync, where: string): (alert: Alert) => void {
  const upsert = db.prepare(
    `INSERT INTO alerts (${ALERT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET
     source = excluded.source, state = excluded.state, updated_ms = excluded.updated_ms, json = excluded.json,
     crc = excluded.crc ${where}`,
  );
  return (alert) => {
    const { key, source, state, updatedMs } = alert;
    const json = toJson(alert);
    upsert.run(key, source, state, updatedMs, json, rowCrc([key, source, state, updatedMs, json]));
  };
}

export function readAlerts(db: DatabaseSync, resolvedSinceMs: number): Alert[] {
  const rows = db
    .prepare(`SELECT ${ALERT_COLUMNS} FROM alerts WHERE state <> 'resolved' OR updated_ms >= ? ORDER BY updated_ms`)
    .all(resolvedSinceMs);
  return rows.flatMap((row) => {
    const values = [textOf(row, 'key'), textOf(row, 'source'), textOf(row, 'state'), numberOf(row, 'updated_ms')];
    return unlessDamaged(() => readJson(db, row, `alert ${textOf(row, 'key')}`, values) as Alert) ?? [];
  });
}

export function readMessages(db: DatabaseSync, receiver: string): MessageQueue {
  const all = db
    .prepare('SELECT count(*) AS n, min(since_ms) AS oldest_ms FROM alert_messages WHERE receiver = ?')
    .get(receiver);
  const oldestMs = optionalNumberOf(all ?? {}, 'oldest_ms');
  const rows = db
    .prepare(
      'SELECT number, receiver, since_ms, json, crc FROM alert_messages WHERE receiver = ? ORDER BY number LIMIT ?',
    )
    .all(receiver, MOST_MESSAGES);
  const messages: AlertMessage[] = [];
  const damagedNumbers: number[] = [];
  for (const row of rows) {
    const [number, sinceMs] = [numberOf(row, 'number'), numberOf(row, 'since_ms')];
    const values = [textOf(row, 'receiver'), sinceMs];
    const alert = unlessDamaged(() => readJson(db, row, `message ${number}`, values) as Alert);
    if (alert === undefined) damagedNumbers.push(number);
    else messages.push({ number, alert, sinceMs });
  }
  return {
    messages,
    damaged: damagedNumbers,
    waiting: numberOf(all ?? {}, 'n'),
    ...(oldestMs !== undefined && { oldestMs }),
  };
}

export function removeTold(db: DatabaseSync, receiver: string, numbers: readonly number[]): void {
  const remove = db.prepare('DELETE FROM alert_messages WHERE receiver = ? AND number = ?');
  for (const number of numbers) remove.run(receiver, number);
}

function readJson(db: DatabaseSync, row: Row, what: string, values: readonly (string | number)[]): unknown {
  const json = textOf(row, 'json');
  checkCrc(db, what, row, rowCrc([...values, json]));
  try {
    return fromJson(json);
  } catch (error) {
    throw damaged(db, `${what} cannot be read`, error);
  }
}

function unlessDamaged<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof AppError && error.code === 'store-corrupt') return undefined;
    throw error;
  }
}
