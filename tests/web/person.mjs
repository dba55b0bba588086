import assert from 'node:assert/strict';

const MOST_TABS = 150;

/** Somebody with a mouse. What is on the page is found by its role and its name, as people find it. */
export class Clicks {
  constructor(page, place = page) {
    this.page = page;
    this.place = place;
  }

  /** The same person, who looks at a part of the page. */
  within(place) {
    return new this.constructor(this.page, place);
  }

  find(role, name) {
    return this.place.getByRole(role, { name, exact: typeof name === 'string' }).first();
  }

  async press(role, name) {
    await this.find(role, name).click();
  }

  async type(role, name, text) {
    await this.find(role, name).fill(text);
  }

  async choose(name, option) {
    await this.find('combobox', name).selectOption({ label: option });
  }

  async tab(name) {
    await this.press('tab', name);
  }

  async slide(percent) {
    const slider = this.find('slider', /Share that gets/);
    const box = await slider.boundingBox();
    // The knob's middle does not reach the ends of the line.
    await this.page.mouse.click(box.x + 8 + ((box.width - 16) * percent) / 100, box.y + box.height / 2);
  }

  async open(key) {
    await this.press('link', new RegExp(`^${key}\\b`));
  }

  async view(name) {
    await this.press('link', name);
  }

  async undo() {
    await this.press('button', 'Undo');
  }

  async add() {
    await this.press('button', 'New flag');
  }

  async leave() {
    await this.page.keyboard.press('Escape');
  }
}

/** Somebody with a keyboard alone: goes from one thing to the next until the wanted one has the focus. */
export class Keys extends Clicks {
  async reach(role, name) {
    const wanted = this.find(role, name);
    await wanted.waitFor();
    for (let tabs = 0; tabs < MOST_TABS; tabs++) {
      if (await wanted.evaluate((element) => element === document.activeElement)) return;
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`no key leads to ${role} ${name}`);
  }

  async press(role, name) {
    await this.reach(role, name);
    await this.page.keyboard.press(role === 'switch' ? 'Space' : 'Enter');
  }

  async type(role, name, text) {
    await this.reach(role, name);
    // Times have a field for each of their parts, which a browser's own keys fill.
    if (await this.find(role, name).evaluate((element) => element.type === 'datetime-local')) return this.typeTime(text);
    await this.page.keyboard.press('Control+a');
    await this.page.keyboard.press('Delete');
    await this.page.keyboard.type(text);
  }

  async choose(name, option) {
    await this.reach('combobox', name);
    const choice = this.find('combobox', name);
    const names = await choice.locator('option').allTextContents();
    assert.ok(names.includes(option), `${option} is not among ${names}`);
    const now = await choice.evaluate((element) => element.selectedIndex);
    const by = names.indexOf(option) - now;
    for (let step = 0; step < Math.abs(by); step++) await this.page.keyboard.press(by > 0 ? 'ArrowDown' : 'ArrowUp');
  }

  async tab(name) {
    const selected = this.page.getByRole('tab', { selected: true });
    await this.reach('tab', (await selected.textContent()).trim());
    for (let step = 0; step < 8 && (await selected.textContent()).trim() !== name; step++) await this.page.keyboard.press('ArrowRight');
  }

  async slide(percent) {
    await this.reach('slider', /Share that gets/);
    await this.page.keyboard.press('Home');
    for (let step = 0; step < percent; step++) await this.page.keyboard.press('ArrowRight');
  }

  async open(key) {
    await this.page.keyboard.press('/');
    await this.type('searchbox', 'Search flags', key);
    await this.page.keyboard.press('Enter');
    await this.page.getByRole('heading', { name: key, exact: true }).waitFor();
    await this.page.evaluate(() => document.activeElement.blur());
  }

  async view(name) {
    await this.page.keyboard.press(String(['Flags', 'Fleet', 'Attachments', 'Audit', 'Use'].indexOf(name) + 1));
  }

  async undo() {
    await this.page.evaluate(() => document.activeElement.blur());
    await this.page.keyboard.press('u');
  }

  async add() {
    await this.page.keyboard.press('n');
  }

  async typeTime(text) {
    const [date, time] = text.split('T');
    const [year, month, day] = date.split('-');
    const [hour, minute, second] = time.split(':');
    const afternoon = Number(hour) >= 12;
    const keys = [`${month}${day}`, year, 'Tab', String(((Number(hour) + 11) % 12) + 1).padStart(2, '0'), minute, second, afternoon ? 'P' : 'A'];
    for (const key of keys) await (key === 'Tab' ? this.page.keyboard.press(key) : this.page.keyboard.type(key));
  }
}
