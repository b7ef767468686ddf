// The style of the report's page: light and dark as the reader's system has it, one column that is as wide as it gets.

export const STYLE = `
:root { color-scheme: light dark; --ground: #f6f7f9; --surface: #fff; --line: #dfe3e8; --text: #16191d; --muted: #566070;
  --accent: #1f4fc4; --band: #dbe5fb; --finding: #fbd5d5; --bad: #b42323; --good: #1d6a3d; --known: #854a0b; }
@media (prefers-color-scheme: dark) { :root { --ground: #0f1216; --surface: #171b21; --line: #2c343e; --text: #e8ebef;
  --muted: #a3adb9; --accent: #8fb0ff; --band: #223457; --finding: #572227; --bad: #ff9090; --good: #7ed6a3; --known: #f9c27d; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1100px; padding: 16px; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 24px; line-height: 1.25; margin: 8px 0; }
h2 { font-size: 18px; margin: 32px 0 8px; }
h3 { font-size: 15px; margin: 0 0 4px; }
p { margin: 4px 0; max-width: 80ch; }
a { color: var(--accent); }
nav { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 8px 0; }
.muted, footer, figcaption, .times { color: var(--muted); }
td .name { white-space: nowrap; }
.failed { color: var(--bad); } .passed { color: var(--good); }
.scroll { overflow-x: auto; background: var(--surface); border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 6px 12px; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line);
  min-width: 5ch; overflow-wrap: normal; }
tr:last-child > * { border-bottom: 0; }
thead th { color: var(--muted); font-weight: 500; white-space: nowrap; }
tbody th { font-weight: 500; overflow-wrap: anywhere; min-width: 14ch; }
td.figure, th.figure { text-align: right; white-space: nowrap; }
td.wide { min-width: 36ch; }
@media (max-width: 600px) { body { padding: 12px; } th, td { padding: 6px 8px; } svg { height: 130px; } }
.detector { background: var(--surface); border: 1px solid var(--line); border-radius: 8px; padding: 12px; margin: 12px 0; }
figure { margin: 8px 0 12px; }
figcaption { font-size: 13px; }
.picture { position: relative; }
svg { display: block; width: 100%; height: 160px; }
.picture span { position: absolute; left: 4px; font-size: 12px; line-height: 16px; padding: 0 4px; border-radius: 4px;
  background: var(--surface); color: var(--muted); }
.most { top: 0; } .least { bottom: 12px; }
.times { display: flex; justify-content: space-between; gap: 16px; font-size: 12px; max-width: none; }
path { vector-effect: non-scaling-stroke; }
.value { fill: none; stroke: var(--accent); stroke-width: 1.25; stroke-linejoin: round; }
.band { fill: var(--band); }
.finding { fill: var(--finding); } .caught { fill: var(--good); } .missed { fill: var(--bad); } .known { fill: var(--known); }
.key { display: flex; flex-wrap: wrap; gap: 4px 16px; font-size: 13px; color: var(--muted); list-style: none; padding: 0; margin: 8px 0; }
.key i { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin-right: 6px; vertical-align: -1px; }
.key .value { background: var(--accent); height: 3px; vertical-align: 3px; } .key .band { background: var(--band); }
.key .finding { background: var(--finding); } .key .caught { background: var(--good); }
.key .missed { background: var(--bad); } .key .known { background: var(--known); }
footer { margin: 32px 0 8px; font-size: 13px; }
`;
