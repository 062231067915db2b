"""What the tests of the explorer do with its page, and the drawings that they give it."""

import base64

import numpy as np
from PIL import Image, ImageDraw
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

SEVEN = [(-70, -80), (0, -82), (60, -80), (30, -10), (0, 40), (-20, 100)]
NAMES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def find(driver, name):
    return driver.find_element(By.ID, name)


def pixels_of(driver, selector):
    """What a canvas shows, as an address of data."""
    return driver.execute_script("return document.querySelector(arguments[0]).toDataURL()", selector)


def choose(driver, name, value):
    Select(find(driver, name)).select_by_value(str(value))


def set_range(driver, name, value):
    script = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', {bubbles: true}))"
    driver.execute_script(script, find(driver, name), value)


def draw_seven(driver):
    """Draw a 7 with the mouse."""
    canvas = find(driver, "canvas")
    driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", canvas)
    size = canvas.rect["width"] / 280
    actions = ActionChains(driver, duration=20)
    first, *others = [(round(x * size), round(y * size)) for x, y in SEVEN]
    actions.move_to_element_with_offset(canvas, *first).click_and_hold()
    for place in others:
        actions.move_to_element_with_offset(canvas, *place)
    actions.release().perform()
    WebDriverWait(driver, 10).until(lambda _: find(driver, "draw-text").text.startswith("Taken"))


def prepared_by_page(driver, drawings, preparation, shape, pixel_max):
    """The page's images of drawings (N, height, width)."""
    script = """
        const [text, count, height, width, ...rest] = arguments;
        const ink = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
        const images = Array.from({ length: count }, (_, number) =>
          onelayer.prepare(ink.subarray(number * height * width, (number + 1) * height * width), height, width, ...rest));
        return images.map((image) => Array.from(image));
    """
    text = base64.b64encode(drawings.tobytes()).decode()
    images = driver.execute_script(script, text, *drawings.shape, preparation, shape, pixel_max)
    return np.array(images, np.uint8).reshape(len(drawings), *shape)


def answers_of_page(driver, run, images):
    """The page's logits (N, K) and decisions (N,) of a run's last weights for images (N, height, width)."""
    script = """
        const [text, size, place, pixelMax] = arguments, run = onelayer.page.runs[place];
        const pixels = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
        const answers = [];
        for (let first = 0; first < pixels.length; first += size) {
          const answer = onelayer.answerOf(run, run.steps.length - 1, pixels.subarray(first, first + size), pixelMax);
          answers.push([...answer.logits, answer.decided]);
        }
        return answers;
    """
    pixel_max = driver.execute_script("return onelayer.page.dataset.pixelMax")
    rows = []
    for part in np.array_split(images, max(1, len(images) // 2500)):
        text = base64.b64encode(part.tobytes()).decode()
        rows += driver.execute_script(script, text, images[0].size, run, pixel_max)
    table = np.array(rows)
    return table[:, :-1], table[:, -1].astype(int)


def drawings(count):
    """Drawings of random strokes, white on black."""
    random = np.random.RandomState(0)
    sheets = []
    for _ in range(count):
        sheet = Image.new("L", (280, 280))
        for _ in range(random.randint(1, 4)):
            points = [tuple(point) for point in random.randint(0, 280, (random.randint(2, 6), 2)).tolist()]
            ImageDraw.Draw(sheet).line(points, fill=int(random.randint(60, 256)), width=int(random.randint(3, 30)))
        sheets.append(np.asarray(sheet))
    return np.array(sheets)


def moved(images, random, side=100, smallest=0.4):
    """Images (N, 8, 8) of the digits redrawn on a larger sheet, in another size and place; ink up to 255."""
    sheets = np.zeros((len(images), side, side), np.uint8)
    for sheet, image in zip(sheets, images, strict=True):
        size = int(side * random.uniform(smallest, 1))
        large = Image.fromarray((image * (255 / 16)).astype(np.uint8)).resize((size, size), Image.Resampling.BICUBIC)
        top, left = random.randint(0, side - size + 1, 2)
        sheet[top : top + size, left : left + size] = np.asarray(large)
    return sheets
