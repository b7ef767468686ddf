// The roles begin, a detector becomes Active, and a keeper that is killed loses nothing of what the operator goes on to append.
import { join } from 'node:path';
import { tidewatch } from '../../fixtures/command.ts';
import { waitUntil } from '../../parts/wait-until.ts';
import { detector, untilState } from '../shop.ts';
import { loadDetectors } from './load.ts';
import { json, metric } from './pages.ts';
import { checkNothingLost, completeTimes, OBSERVED_STEP_MS } from './scores.ts';
import { LOADS, type Tests } from './session.ts';

/** After the full minute: when a round of observing begins, and when it has ended for sure. */
const ROUND_MS = [6000, 12_000] as const;
const AWAY_MS = 5000;

export const KEEPER_TESTS: Tests = {
  'without its certificates a role does not begin, and says which file it lacks': async ({ folder }) => {
    for (const role of [
      ['keeper', '--append-port', '0', '--page-port', '0'],
      ['operator', '--keeper', 'https://k:1'],
    ]) {
      const { code, stderr } = await tidewatch([...role, '--tls', join(folder, 'nowhere')]);
      if (code !== 78 || !stderr.includes('tls.crt')) throw new Error(`${role[0]}: ${code}, ${stderr}`);
    }
  },
  'one operator leads and the other stands by, both ready': async ({ roles }) => {
    const [first, second] = roles.analysers;
    await Promise.all([roles.keeper, first, second].map((role) => role && roles.start(role)));
    await Promise.all(roles.operators.map((role) => roles.start(role)));
    await waitUntil('one of them to lead', () => roles.leader());
    for (const { health } of [roles.keeper, ...roles.operators]) {
      await waitUntil(`readiness on ${health}`, async () => (await fetch(`${health}/readyz`)).ok);
      if (!(await fetch(`${health}/healthz`)).ok) throw new Error(`${health} does not live`);
    }
  },
  'both found Prometheus by themselves, through the API server’s proxy': async ({ roles, prometheus }) => {
    for (const { running } of roles.operators) {
      const [, found = 'nothing'] = /^Metrics +(.*\))$/m.exec(running?.stdout ?? '') ?? [];
      if (!found.startsWith(`${prometheus.found} (through https://`)) throw new Error(found);
    }
  },
  'a third analyser is started, which the others’ name leads to as well': ({ roles, thirdMinute }) =>
    thirdMinute.begin(roles),
  'a detector becomes Active, and the keeper’s page shows it with its service': async ({ plane, roles }) => {
    await plane.kubectl(['apply', '-f', '-'], [detector('latency', 'cart'), ...loadDetectors()].join('---'));
    await untilState(plane, 'latency', 'Active', 120_000);
    const shown = await waitUntil('the page to show it', async () => {
      const { detectors } = await json(roles.keeper.page, '/api/detectors');
      return detectors.find((one: { name: string; state: string }) => one.name === 'latency' && one.state === 'Active');
    });
    if (shown.monitoredPods !== 2) throw new Error(JSON.stringify(shown));
    const anomaly = await json(roles.keeper.page, '/api/anomaly/cart');
    if (anomaly.status === 'Error') throw new Error(JSON.stringify(anomaly));
    // The operator says how it stands every five seconds, and warms what it observes meanwhile.
    await waitUntil('it to be live, without a trouble', async () => {
      const { live, state } = await json(roles.keeper.page, '/api/replay');
      if (state === 'live' && live.series >= 6 && live.troubles.length === 0) return true;
      throw new Error(JSON.stringify(live));
    });
    // There is nothing to scrape, and that is known.
    const targets = await json(roles.keeper.health, '/api/scrape-targets');
    if (targets.length !== 0) throw new Error(JSON.stringify(targets));
    for (const name of LOADS) await untilState(plane, name, 'Active', 120_000);
  },
  'a keeper that is killed for five seconds loses nothing and doubles nothing': async (session) => {
    const { roles } = session;
    const before = await completeTimes(session);
    // What is observed is appended once and never again: the keeper is to be away just then.
    const ofMinute = () => Date.now() % OBSERVED_STEP_MS;
    const isEarly = () => ofMinute() > 500 && ofMinute() < ROUND_MS[0] / 2;
    await waitUntil('the beginning of a minute', isEarly, { timeoutMs: 90_000 });
    const leader = await roles.leader();
    await roles.kill(roles.keeper);
    const killedMs = performance.now();
    await waitUntil(
      'something to wait in the spool, for five seconds at least',
      async () =>
        (await metric(leader.health, 'tidewatch_spool_records')) > 0 &&
        performance.now() - killedMs > AWAY_MS &&
        ofMinute() > ROUND_MS[1],
      { timeoutMs: 90_000 },
    );
    const backMs = Date.now();
    await roles.start(roles.keeper);
    // Before any operator has told it of the cluster.
    await json(roles.keeper.page, '/api/anomaly/cart');
    await waitUntil('the spool to be delivered', async () => {
      const left = await metric(leader.health, 'tidewatch_spool_records');
      return left === 0 && (await metric(leader.health, 'tidewatch_spool_delivered_total')) > 0;
    });
    await checkNothingLost(session, before, { fromMs: backMs - OBSERVED_STEP_MS });
    const left = await Promise.all(
      ['stale', 'refused', 'cut_bytes'].map((what) => metric(leader.health, `tidewatch_spool_${what}_total`)),
    );
    if (left.some((count) => count !== 0)) throw new Error(`left out: ${left}`);
  },
};
