export { BUILDS_FOLDER, buildApp } from './build_app.ts';
export { buildStories, storyFiles } from './build_stories.ts';
export { ensureChromium } from './ensure_chromium.ts';
export { GUIDE_FOLDER, GUIDE_PICTURES } from './guide_pictures.ts';
export { renderPages } from './render_pages.ts';
export { renderStories } from './render_stories.ts';
export { reportBudget } from './report_budget.ts';
export { storiesIndex } from './stories_index.ts';
