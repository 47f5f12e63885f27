import { startElasticsearchOfTheRun } from './elasticsearch_of_the_run.ts';

// biome-ignore lint/style/noDefaultExport: Jest calls the default export, once before the first file.
export default startElasticsearchOfTheRun;
