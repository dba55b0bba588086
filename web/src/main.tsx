import { render } from 'preact';
import { live } from './app';
import { Page } from './views/page';

live.start();
render(<Page />, document.getElementById('page')!);
