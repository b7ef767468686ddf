// What a third analyser gets of the calls in the third minute after its start, while the operator goes on as it is: counted in
// the background by the analysers' own figures, because other tests fill the time.
import { waitUntil } from '../../parts/wait-until.ts';
import { callsOf } from './pages.ts';
import type { Roles } from './processes.ts';

const MINUTE_MS = 60_000;

export interface ThirdMinute {
  /** Starts the third analyser, which its name leads to from now on. */
  begin(roles: Roles): Promise<void>;
  /** Calls of each analyser in that minute, once it is over. */
  calls(): Promise<readonly number[]>;
}

export function createThirdMinute(): ThirdMinute {
  let counted: Promise<readonly number[]> | undefined;
  return {
    async begin(roles) {
      const [, , third] = roles.analysers;
      if (third === undefined) throw new Error('there is no third analyser');
      await roles.start(third);
      roles.names.addresses = roles.analysers.map(({ host }) => host);
      counted = count(roles, performance.now());
      counted.catch(() => undefined);
    },
    calls: () => counted ?? Promise.reject(new Error('the third analyser was not started')),
  };
}

async function count({ analysers }: Roles, beganMs: number): Promise<readonly number[]> {
  const countsAfter = async (minutes: number) => {
    const isTime = () => performance.now() - beganMs >= minutes * MINUTE_MS;
    await waitUntil(`minute ${minutes} to be over`, isTime, { timeoutMs: (minutes + 1) * MINUTE_MS });
    return Promise.all(analysers.map(({ health }) => callsOf(health)));
  };
  const before = await countsAfter(2);
  const after = await countsAfter(3);
  return after.map((calls, index) => calls - (before[index] ?? 0));
}
