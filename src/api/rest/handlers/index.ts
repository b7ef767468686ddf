// Every route's handler, alphabetical. A route without one does not compile.
import type { Handler } from '../context.ts';
import type { RouteName } from '../contract.ts';
import { about } from './about.ts';
import { alerts, hearAlertmanager } from './alerts.ts';
import { anomaly } from './anomaly.ts';
import { answerKey } from './answer-key.ts';
import { detectors } from './detectors.ts';
import { entity } from './entity.ts';
import { finding, findings } from './findings.ts';
import { overview } from './overview.ts';
import { control, replay } from './replay.ts';
import { scrapeTargets } from './scrape-targets.ts';
import { series } from './series.ts';
import { spans } from './spans.ts';
import { timeline } from './timeline.ts';
import { tracks } from './tracks.ts';

export const HANDLERS = {
  about,
  alerts,
  anomaly,
  answerKey,
  control,
  detectors,
  scrapeTargets,
  entity,
  finding,
  findings,
  hearAlertmanager,
  overview,
  replay,
  series,
  spans,
  timeline,
  tracks,
} as const satisfies { readonly [Name in RouteName]: Handler<Name> };
