export { askToSignIn, withErrorPage } from './error_pages.ts';
export {
  FORM_PAGE_HEADERS,
  type FormPurpose,
  isFromOwnOrigin,
  isOwnForm,
  issueFormToken,
} from './own_form.ts';
export { registerPageAsset, registerPageStyle } from './page_assets.ts';
export { type FramedPage, hiddenFields, renderFrame } from './page_frame.ts';
