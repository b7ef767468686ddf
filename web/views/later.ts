// The views beyond the first page, as one chunk: together they compress better than apart, and after the first click
// each further one opens at once.
export { AnswerKeyPage } from './answer-key/answer-key.tsx';
export { Detectors } from './detectors/detectors.tsx';
export { EntityView } from './entity/entity.tsx';
export { Examples } from './examples/examples.tsx';
export { FindingPage } from './finding/finding.tsx';
export { Findings } from './findings/findings.tsx';
export { KeysHelp } from './shell/keys-help.tsx';
