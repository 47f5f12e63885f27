export { type Failure, FormFailure } from './form_failure.tsx';
export { FormFlyout } from './form_flyout.tsx';
export { LoadFailure } from './load_failure.tsx';
export { PAGE_SIZES, pageOf, SMALLEST_PAGE } from './paging.ts';
export { TextField } from './text_field.tsx';
export { useDateText } from './use_date_text.ts';
export { usePageParams } from './use_page_params.ts';
