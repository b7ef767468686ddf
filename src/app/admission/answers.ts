// From the text of a review to the text of its answer, with what is counted of it. It needs nothing outside of the process:
// who is asked while all else is down can still answer.
import { type AdmissionPorts, kindOf, mutate, validate } from '#operator/admission/decide.ts';
import {
  type AdmissionReview,
  convertReview,
  patchText,
  readAdmission,
  verdictText,
} from '#operator/admission/review.ts';
import type { AdmissionMetrics, Outcome } from './metrics.ts';
import type { Repeats } from './repeats.ts';

export interface Answer {
  readonly status: 200 | 400;
  /** JSON; a sentence where what came is no review. */
  readonly text: string;
  readonly outcome: Outcome;
}

export type Path = '/validate' | '/mutate' | '/convert';
export type Answers = Readonly<Record<Path, (text: string) => Answer>>;

export interface AnswerDeps {
  readonly ports: AdmissionPorts;
  readonly repeats: Repeats;
  readonly metrics: Pick<AdmissionMetrics, 'specFailed' | 'retried'>;
}

export function createAnswers({ ports, repeats, metrics }: AnswerDeps): Answers {
  const ofAdmission = (judge: (review: AdmissionReview) => Answer) => (text: string) => {
    const read = readAdmission(text);
    return 'problem' in read ? noReview(read.problem) : judge(read.review);
  };
  return {
    '/validate': ofAdmission((review) => {
      const verdict = validate(review, ports);
      if (verdict.failure !== undefined) metrics.specFailed(kindOf(review.object, ports), verdict.failure);
      return { status: 200, text: verdictText(review, verdict), outcome: verdict.allowed ? 'done' : 'refused' };
    }),
    '/mutate': ofAdmission((review) => {
      const steps = mutate(review, ports);
      const isFight = steps.length > 0 && repeats.isFight(review);
      if (isFight) metrics.retried('mutate', 'repeat');
      return { status: 200, text: patchText(review, isFight ? [] : steps), outcome: 'done' };
    }),
    '/convert': (text) => {
      const done = convertReview(text, ports.group);
      if (!('text' in done)) return noReview(done.problem);
      return { status: 200, text: done.text, outcome: done.problem === undefined ? 'done' : 'refused' };
    },
  };
}

function noReview(problem: string): Answer {
  return { status: 400, text: `${problem}\n`, outcome: 'failed' };
}
