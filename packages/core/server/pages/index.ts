export { chooseLanguage } from './choose_language.ts';
export { renderNotFoundPage } from './not_found_page.ts';
export {
  appearanceCookies,
  appearanceOf,
  type PageAppearance,
  type PageSettings,
} from './page_appearance.ts';
export { type RenderedPage, renderPage } from './page_frame.ts';
export { registerPageStyle } from './page_style.ts';
export { type HtmlTexts, htmlTexts } from './page_texts.ts';
