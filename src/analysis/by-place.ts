// Two analysers for one caller: each job says whether it is scored in this process or wherever the others are.
import type { Analyser, AnalysisJob, AnalysisOutcome } from './contract.ts';

/** Outcomes are in the order of the jobs, whoever scored them. */
export function byPlace(there: Analyser, here: Analyser): Analyser {
  return {
    address: there.address,
    async analyse(jobs, signal) {
      const [own, others] = [jobs.filter(isHere), jobs.filter((job) => !isHere(job))];
      const [ownOutcomes, otherOutcomes] = await Promise.all(
        [
          { analyser: here, some: own },
          { analyser: there, some: others },
        ].map(({ analyser, some }) => (some.length === 0 ? [] : analyser.analyse(some, signal))),
      );
      const waiting = { own: (ownOutcomes ?? []).values(), others: (otherOutcomes ?? []).values() };
      return jobs.map((job): AnalysisOutcome => {
        const next = (isHere(job) ? waiting.own : waiting.others).next();
        return next.value ?? { ok: false, reason: 'refused', message: 'the analyser left it out' };
      });
    },
    async close() {
      await Promise.all([there.close(), here.close()]);
    },
  };
}

function isHere(job: AnalysisJob): boolean {
  return job.isHere === true;
}
