// Sends the login form as JSON, because the server accepts no other type. Shows failures above the
// fields.
const form = document.getElementById('login');
const problem = document.getElementById('problem');
const button = document.getElementById('submit');

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
    const minutes = Math.ceil(seconds / 60);
    const wait =
      seconds < 60
        ? `${seconds} ${seconds === 1 ? 'second' : 'seconds'}`
        : `${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
    return `Too many failed logins. Try again in ${wait}.`;
  }
  if (response.status >= 500) return 'The server cannot sign you in right now. Try again shortly.';
  return body.message ?? 'Signing in failed.';
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  show('');
  if (form.username.value === '' || form.password.value === '') {
    show('Enter your username and your password.');
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
    show('The server does not respond. Check your connection and try again.');
  }
  setBusy(false);
});
