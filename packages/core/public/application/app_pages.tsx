import { type ReactNode, Suspense, useEffect } from 'react';
import { Navigate, Route, Routes, useLocation } from 'react-router';
import type { BootData } from '../../common/index.ts';
import { LoadedComponent } from '../loaded_code/component_code.tsx';
import type { AppDefinition } from '../types.ts';
import { useCore } from '../use_core.ts';
import { AppBoundary } from './app_boundary.tsx';
import { homeApp, mayOpen } from './app_registry.ts';
import { type MissingAccess, PageLoading, PageNotAllowed, PageNotFound } from './page_notices.tsx';
import { useAppLink } from './use_app_link.ts';

/** The page of the current path. */
export function AppPages(props: {
  readonly apps: readonly AppDefinition[];
  /** Called when a page is on the screen, and again after each change of its path. */
  readonly onShown: (pathname: string) => void;
  readonly onReload: () => void;
}) {
  const { apps, onShown, onReload } = props;
  const { application, boot } = useCore();
  const link = useAppLink();
  const home = homeApp(apps, application.can);
  // Every user may open the profile, so a link to it would not help a user who lacks access.
  const homeLink = home === undefined || home.section === 'user' ? undefined : link(home.path);
  const shown = (page: ReactNode) => <Shown onShown={onShown}>{page}</Shown>;

  const pageOf = (app: AppDefinition): ReactNode => {
    if (!mayOpen(app, application.can)) {
      return shown(<PageNotAllowed missing={missingAccess(boot.user)} home={homeLink} />);
    }
    return (
      <AppBoundary key={app.id} onReload={onReload}>
        <LoadedComponent read={app.mount} loading={<PageLoading />}>
          {(page) => <Suspense fallback={<PageLoading />}>{shown(page)}</Suspense>}
        </LoadedComponent>
      </AppBoundary>
    );
  };
  const notFound = shown(<PageNotFound home={homeLink} />);
  const start = home === undefined ? notFound : <Navigate to={home.path} replace />;
  return (
    <Routes>
      {apps.map((app) => (
        <Route
          key={app.id}
          path={app.hasSubpages === true ? `${app.path}/*` : app.path}
          element={pageOf(app)}
        />
      ))}
      <Route path="/" element={start} />
      <Route path="/app" element={start} />
      <Route path="*" element={notFound} />
    </Routes>
  );
}

function missingAccess({ roles, privileges }: BootData['user']): MissingAccess {
  if (roles.length === 0) return 'role';
  return privileges.length === 0 ? 'space' : 'page';
}

/**
 * Calls `onShown` when the page of an app is rendered. Its effect runs only after the code of the
 * page was loaded.
 */
function Shown(props: {
  readonly children: ReactNode;
  readonly onShown: (pathname: string) => void;
}) {
  const { children, onShown } = props;
  const { pathname } = useLocation();
  useEffect(() => onShown(pathname), [onShown, pathname]);
  return children;
}
