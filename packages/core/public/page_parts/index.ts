export { ActionMenu, type MenuAction } from './action_menu.tsx';
export { CheckboxField } from './checkbox_field.tsx';
export { CheckboxFilter } from './checkbox_filter.tsx';
export {
  type ConfirmationAction,
  ConfirmationDialog,
  type ConfirmationDialogProps,
} from './confirmation_dialog.tsx';
export { CopyText } from './copy_text.tsx';
export { DeletedNames, DeletionProgress } from './deletion_parts.tsx';
export { EmptyList } from './empty_list.tsx';
export { FLYOUT_SIZE } from './flyout_size.ts';
export { FormFailure } from './form_failure.tsx';
export { FormFlyout } from './form_flyout.tsx';
export { type ListFailure, listFailure } from './list_failure.tsx';
export { ListPage, type ListPageProps, type ListSearch } from './list_page.tsx';
export { ListSkeleton } from './list_skeleton.tsx';
export { ListTable } from './list_table.tsx';
export { LoadFailure } from './load_failure.tsx';
export { NoMatch } from './no_match.tsx';
export { NotFound, type NotFoundProps } from './not_found.tsx';
export { NoticeAnnouncement } from './notice_announcement.tsx';
export { OptionalLabel } from './optional_label.tsx';
export { pageActions } from './page_actions.tsx';
export { PAGE_SIZES, pageOf, readPageNumber, readPageSize, SMALLEST_PAGE } from './paging.ts';
export { RelativeTime } from './relative_time.tsx';
export {
  ActionsHeader,
  BESIDE_ROW_MENU,
  CARDS,
  RowMenu,
  rowMenuColumn,
  WHOLE_CARD,
} from './row_menu.tsx';
export { StaleFormNotice } from './stale_form_notice.tsx';
export { StaleVersionNotice } from './stale_version_notice.tsx';
export { TableToolbar } from './table_toolbar.tsx';
export { TextField } from './text_field.tsx';
export { TwoLines } from './two_lines.tsx';
export { useDateText } from './use_date_text.ts';
export { type RunningDialog, useDialogResult } from './use_dialog_result.ts';
export { useFormReload } from './use_form_reload.ts';
export { type FormSaveOptions, useFormSave } from './use_form_save.ts';
export { usePageParams } from './use_page_params.ts';
export { useSingleMutation } from './use_single_mutation.ts';
