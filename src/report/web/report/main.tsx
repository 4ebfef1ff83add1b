/** The report of `pipeline report`. scripts/build.ts bundles it into dist/web/report, and the command puts it into the page with its data. */
import { render } from 'preact';
import '../palette.css';
import '../charts/charts.css';
import '../charts/dag/dag.css';
import './report.css';
import type { ReportData } from '../../page-data/report-data.ts';
import { Report } from './report.tsx';

const place = document.getElementById('report');
const data = document.getElementById('data')?.textContent;
if (place !== null && data !== undefined) {
  // What is there is what a page without JavaScript shows.
  place.replaceChildren();
  render(<Report {...(JSON.parse(data) as ReportData)} />, place);
  document.documentElement.dataset['state'] = 'ready';
}
