// Sends the login form as JSON, because the server accepts no other type. Shows failures above the
// fields. Tells other tabs that the browser has no session.
const form = document.getElementById('login');
const problem = document.getElementById('problem');
const button = document.getElementById('submit');
// Texts by name, in the language of the page.
const texts = JSON.parse(form.dataset.texts);

// Other tabs may still show data of the session that ended. They ask the server for it now.
if (typeof BroadcastChannel === 'function') {
  const channel = new BroadcastChannel(form.dataset.channel);
  channel.postMessage(form.dataset.signedOut);
  channel.close();
}

function show(text) {
  problem.textContent = text;
  problem.hidden = text === '';
}

function setBusy(busy) {
  button.disabled = busy;
  form.setAttribute('aria-busy', String(busy));
}

async function signIn() {
  return fetch(form.action, {
    method: 'POST',
    credentials: 'same-origin',
    headers: {
      'content-type': 'application/json',
      'kbn-xsrf': 'true',
      'x-elastic-internal-origin': 'latchkey',
    },
    body: JSON.stringify({
      providerType: 'basic',
      providerName: 'basic',
      currentURL: window.location.href,
      params: { username: form.username.value, password: form.password.value },
    }),
  });
}

async function describe(response) {
  const body = await response.json().catch(() => ({}));
  const seconds = Number(response.headers.get('retry-after'));
  if (response.status === 429 && seconds > 0) {
    const [count, unit] = seconds < 60 ? [seconds, 'second'] : [Math.ceil(seconds / 60), 'minute'];
    const options = { style: 'unit', unit, unitDisplay: 'long' };
    const wait = new Intl.NumberFormat(document.documentElement.lang, options).format(count);
    return texts.tooManyFailures.replace('{wait}', wait);
  }
  if (response.status >= 500) return texts.serverFailed;
  if (body.attributes?.code === 'login_failed') return texts.wrongCredentials;
  return texts.refused;
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  show('');
  if (form.username.value === '' || form.password.value === '') {
    show(texts.missingFields);
    (form.username.value === '' ? form.username : form.password).focus();
    return;
  }
  setBusy(true);
  try {
    const response = await signIn();
    if (response.ok) {
      const { location } = await response.json();
      window.location.assign(location);
      return;
    }
    show(await describe(response));
    form.password.value = '';
    form.password.focus();
  } catch {
    show(texts.noResponse);
  }
  setBusy(false);
});
