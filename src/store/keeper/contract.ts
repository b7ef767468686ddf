// What keeper and operator say to each other, for the two ends of it: the client in this folder and the server in api/grpc.
// The bytes are those of proto/tidewatch/v1/keeper.proto.
export { APPEND, readAppend, writeAppend } from './append-message.ts';
export {
  OPEN_FINDINGS,
  type OpenFindingsReply,
  type OpenFindingsRequest,
  POSITION,
  type PositionReply,
  REPORT,
  type ReportRequest,
  readAppendReply,
  readOpenFindings,
  readOpenFindingsReply,
  readPositionReply,
  readReport,
  writeAppendReply,
  writeOpenFindings,
  writeOpenFindingsReply,
  writePositionReply,
  writeReport,
} from './reply-messages.ts';

/** The trailer of a refusal that carries the code of src/kit/errors.ts. */
export const CODE_TRAILER = 'tidewatch-code';
/** Of one answer. */
export const MOST_OPEN_FINDINGS = 200;
/** Of a message that the keeper takes. */
export const MESSAGE_BYTES = 16 * 1024 * 1024;
/** Of the facts of one report. */
export const REPORT_BYTES = 8 * 1024 * 1024;
