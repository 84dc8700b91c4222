"""Why an RHK is suggested, in five words: on the entry, and where it is changed."""

from tests.conversations.conftest import Chat


async def test_the_entry_and_the_list_say_why(chat: Chat) -> None:
    ani = chat.ani
    await ani.says("Menyusun perangkat pembelajaran semester 2 -> perangkat siap")
    await ani.taps("✎ 1")
    entry = await ani.sees("1. Menyusun perangkat", button="Ganti RHK")
    assert "karena: " in entry.text
    why = entry.text.split("karena: ")[1].splitlines()[0]
    assert 1 <= len(why.replace(",", " ").split()) <= 5
    await ani.taps("Ganti RHK")
    screen = await ani.sees("RHK mana yang didukung?")
    assert f"karena: {why}" in screen.text
    assert screen.text.count("karena:") == 1, "only the first is explained"


async def test_own_choices_are_told_and_a_chosen_rhk_needs_no_reason(chat: Chat) -> None:
    ani = chat.ani
    third = chat.office.ani_targets[2]
    await ani.says("sortir agenda a3 -> rapi")
    await ani.taps("✎ 1")
    await ani.taps("Ganti RHK")
    screen = await ani.sees("RHK mana yang didukung?")
    chosen = next(one for one in screen.buttons if one.data and one.data.endswith(f":{third}"))
    await ani.taps(chosen.text, message=screen)
    await ani.taps("✎ 1")
    assert "karena" not in (await ani.sees("1. sortir agenda", button="Ganti RHK")).text
    await ani.says("sortir agenda a3 lg -> rapi")
    await ani.taps("✎ 2")
    await ani.sees("karena: 1 kali Anda pilih", button="Ganti RHK")
    await ani.taps("Ganti RHK")
    screen = await ani.sees("RHK mana yang didukung?")
    assert "1. Terlaksananya pembinaan karakter peserta didik\n    karena: 1 kali Anda pilih" in screen.text
    await ani.taps("Di luar SKP", message=screen)
    await ani.says("sortir agenda a3 -> rapi")
    await ani.taps("✎ 3")
    await ani.taps("Ganti RHK")
    assert "Di luar SKP\n    karena: 1 kali Anda pilih" in (await ani.sees("RHK mana yang")).text
