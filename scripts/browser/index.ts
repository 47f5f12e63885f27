export { BUILDS_FOLDER, type BuiltApp, buildApp } from './build_app.ts';
