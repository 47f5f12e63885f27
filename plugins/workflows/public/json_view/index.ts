export { JsonView } from './json_view.tsx';
