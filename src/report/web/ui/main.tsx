/** The page that `pipeline ui` opens. scripts/build.ts bundles it into dist/web/ui. */
import { render } from 'preact';

const place = document.getElementById('page');
if (place !== null) render(<p>pipeline</p>, place);
