"""How far each RHK is, beside the pace of the year: what adds up, what is dated, what nobody works on.

Only what counts adds up: entries that stood approved at an instant, and what a head without a supervisor
recorded, each in the indicator's own unit ÷ its target, under whichever wording of the RHK it was done.
Kualitas, waktu and biaya never add up: they hold dated values, reported by their owner and confirmed.
"""
