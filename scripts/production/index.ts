export { writeProductionBuild } from './production_build.ts';
