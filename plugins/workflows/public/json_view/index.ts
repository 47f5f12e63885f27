export { JsonView, type JsonViewProps } from './json_view.tsx';
