export { askToSignIn, withErrorPage } from './error_pages.ts';
export {
  FORM_PAGE_HEADERS,
  isFromOwnOrigin,
  isOwnForm,
  issueFormToken,
} from './own_form.ts';
export { registerPageAsset, registerPageStyle } from './page_assets.ts';
export { hiddenFields, renderFrame } from './page_frame.ts';
