export { askToSignIn, type PageProblem, withErrorPage } from './error_pages.ts';
export {
  FORM_PAGE_HEADERS,
  isFromOwnOrigin,
  isOwnForm,
  issueFormToken,
} from './own_form.ts';
export { registerPageAsset } from './page_assets.ts';
export {
  actions,
  type FilledText,
  heading,
  hiddenFields,
  mark,
  type PageLink,
  referenceLine,
} from './page_parts.ts';
export { PageRefusal } from './page_refusal.ts';
export { type PageRequest, type PageServices, Pages } from './page_services.ts';
export { PAGE_TEXTS } from './page_texts.ts';
