export { appearanceCookies, appearanceOf, type PageAppearance } from './page_appearance.ts';
export { renderPage } from './page_frame.ts';
export { type PageTexts, pageTexts } from './page_texts.ts';
