/** The page that `pipeline ui` opens. scripts/build.ts bundles it into dist/web/ui. */
import { render } from 'preact';
import '../palette.css';
import '../charts/charts.css';
import '../charts/dag/dag.css';
import './page.css';
import { App } from './app.tsx';
import { takeToken } from './token.ts';

takeToken();
const place = document.getElementById('page');
if (place !== null) render(<App />, place);
