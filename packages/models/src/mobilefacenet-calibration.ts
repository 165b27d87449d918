import type { Calibration } from './manifest.ts'

/**
 * Cosine similarities and the false-match rates measured at them. Written by `pnpm calibrate --write`.
 *
 * Fitted on 1,404 people, half of those in lfw-crops: the ones whose name's SHA-256 begins with an even byte.
 * 13,598,478 comparisons of different people, every ordered pair of people weighing the same.
 * Measured down to a rate of 10^-4; beyond it, a straight line through the last measured decade.
 * Look-alikes: of 21 people, half of those in imfdb-crops, each center a mean over several of them.
 * `pnpm bench accuracy` measures the rates on the other half.
 */
export const mobileFaceNetCalibration: Calibration = {
  fast: [
    [-0.41436, 0],
    [0.10288, -0.5],
    [0.21292, -1],
    [0.2927, -1.5],
    [0.35757, -2],
    [0.4107, -2.5],
    [0.45761, -3],
    [0.49686, -3.5],
    [0.53598, -4],
    [0.61436, -5],
    [0.69274, -6],
    [0.77111, -7],
  ],
  accurate: [
    [-0.4142, 0],
    [0.10303, -0.5],
    [0.21321, -1],
    [0.2932, -1.5],
    [0.35783, -2],
    [0.41132, -2.5],
    [0.45841, -3],
    [0.49873, -3.5],
    [0.53461, -4],
    [0.6108, -5],
    [0.68699, -6],
    [0.76318, -7],
  ],
  views: {
    decades: [
      [0, 0.042, 0.064],
      [0.044, 0.098, 0.101],
      [0.062, 0.103, 0.112],
    ],
    distinct: 0.959,
  },
  lookAlikes: {
    centers:
      '/wAEAPcNHub8Bf8CAAUAHfoA/wO6CB0E/f74LRPn/ivz/w0E4v8D1wIBBvkC/9ALAPcG/+r/8wL5AO0FCeAZ6vYO/gP/AfwFAQXb/vwB/S/99f39/v//GPPNJQID+viwD+cAAgH8/f8AAcUC/AXiAQIx/jMF+uUurQLyAAH/AP3+BQEBAhQO/+v/AQAAA//c3Bj++/7+AOYH+gAE+gDqAvj+AAADBAF/AP3oKf/++AHl+v4DGf4A//4kAgEmA/b9Avj///8G8+km0gL/AgAAA/j/AADjBuECGP/9PQr/AP7t/f0RvQEClwEBAf0D/M36/u/7APwA+QL5APoD9B7i0vkE/vz9AQIABAIM//0Bzxn9AwDc+gD83uoIFQEA+QwA/5wA/QD8+/0AANoDBwb+/wUU+x0GA/gjxwwPAP8AAv3+OAACAQD2A9sAAv3+AQDLnh37//0B/Pj7+wIF/v0LAvz+BAACAgF/AP643/8C9gAhAwABCRAB/7QIDvY3N/3+/f8C//oCICDy1wICAQL/1/4AAP/zEvUCDAP7/xb8AfAT/hAHpv0BrAIBAvwBAd7a/gn1/+0ACAIQ//MDCO8X0/0V/gL+AP7/DQL+A/8B7iwA+QD++//+5woCEAL//Ai0/67/AP/9/P8DAuYCAQL7AP8Q//sE9vLv3QAOAAABAf7/FQADARDlAt/++gD/AQC2+iYA/f8AAgfu/AIEAQPoAP3//QADAQF/AP/aDv8Y9ADx9v8B7zMC/uPLDAs99fn+/QAB/PUKGQL0mAUD/wj/3/kAAP7fEOMD/gD4CQgSA+4Z/fIlvf0CngECA/sBBtwq/voB/xIABgACAO0FB/wi6v0K/gT9AP3w9Af0BPwC4hT+/f8W8f/8/vz/IQL/+iO1Eov//QD8+/8BAskCAgT1AQEZ/wsE9PEMwAAHAAABAvwBMQEFARTlAbID+QP+AACM6D3//gAAAOHT+gED/gXfAfj+/v8BBAR////uD/4x9wDy9v4CykIC/tLOGgs5/PT+//0C/PsB6Pf57QEDAgQA+vv+AQDxBewEEPv7HQ0nAQgT/wXrwQMB7QEBA/gC+MHb/ggC/+MA6AHr//gEBRoLB/wh/gH/AgAM8ATDAv4C3jz88QHWDP/77w4BAQEA+DfPC8EAAAD8/P4BAssBAAUqAQBD/RQDAeIk4gr/Af4AAP78CwADAArwA9MHAP3+AQGzzvQB/f8D+/jp/AIE/gH9//z+AQABA/9/AP69C/74+wD/+/8D704B//Tw+/lLE/v///0C//kODuEM3wAAAgUAK/oAAAHPCfYDAgD6HAbn/yv5/gI6wP4EgQIBAvoDBPIY/+7ZAPIABgPkAO0F9PsL8fjd/wD9AP4SHwQW//0A3x79A/73AgD9++b4LQIC+QPfBcT//wD9/f7/AOQDAAX2AAED/RsH+PAoqQf0AAAAAPz+/wECAgH5AdEGA/4CAv/v1wP8+/v//v8H+gEF+//kA/r9AQEDAwJwAP+/D/738gEM9gACBwAB/+8TBgg8M/b9//0D//kc6gXa6f0DAQEAOPsBAAS5/xQE3Pf5Lw0j/hrv/fkV2f8CoQEBBvME9cL7AOwJAAn/zgD4APkGAiU91vgC/goAAf4Y9gOtAP4C2E/70ALC/P78Fv/cGAEC9RmTGZMBAgH5+/0AAqAC+gEUAQFk/ToF/8cowxEDAf/9Afv98AECAR4KA+QmA/7/AgGt5+EA+f4B++0A/QEG+wL7Avr+AQECBQB/AfzILv4E8wECAv8DBj4C/wQfCfRgGfn+Av0AAfvzA/IO7gEAAAP/D/gAAALTAf8DAPz9HRLc/xwQADcFAP0D1wEAAvwECv4P//HtAOz//AEMAPICBfQJ3vn6/wEAAP/9EwMC/v4AAhL9BP/z9P/8AN7M/wED/QXaB9L/BAH8/P4CAewDAAXoAAER/CUG/gwJtQTtAAEBAP3+5AACAQb1AOACAf0BAv/ozgb+/v3//OgV/AEE+wDkAf3/AgACAgB/Af7s//8U/AAP/f8AFfz+APYWFPsLB/v+/wUCAvgCIHHxzP0FAfv+0ff+AgUTCTADNAX3FQn0/APk/ecmHwL+IAEAAv0B+9Xf/wgI/aD/2QFeAPgA+ff2Cf4S/gQEAvqBDwIc/wECHkYA9/0C+f8D+CW0CwAA++kCANMABwH+/AAEBOACAAD6AAIJAkUC//8LLP63/wECBQABTwEDACn2/uv7/gH9/gHhA0P9AAED/+bz+v7/CQQwAPkD//8BAQNM//8q/P/s/gDz+/0B+Pr//+6jDQ7uDfT8+wj7A/fO9XoevfkBAvj/qfj8/wbyAPUFTwL15BgJ/7Pq/QMXLv7/xAcAAv4D+w0F/gMkAIUA9gJbAfT/4gnLA/dZABMFA/m2I/1Y/AL/f0EA6vzT8P8A0xPq3gEA+MbtDZL/CP/8+gALBOwB9QErBQPq//kD+TMhS/PWAP8ABAAGFAMJ/P7K/xvh/f0A/P7N1g35+//+++HX+AABCP7s/vcCAQAB/vxsAP0D+/8uBf829/8ADA//AkjFDhBAOPb3+wYDAvUYAH/tzPwBAQIA3fz9AAIFFAwCN//5KkQE+srb/t4mCwD+rgMAAP0E7QTa/g5M/8QB9QI9APIC/v/44/+Z/wADAvpCEv5EAQMAKyL+1wD/9P8C5wf39f7+9/zw/rgC/v///P8EAs4B+gNTAgFfAhIA+PMMVf34Af/+BQED/QIG/ggQ/9EIAgD9/f+f3Pj7/QH//fr+/f8ACP4A//UB/gEBAgMYAv8fxv4I+wAd+f4A4QkC/xnmFg1H/vn+AAEBAfoXEH/54f0CA/sA9P3/AgP/Af8CTP79FRLn/wIKAA35/AEB9AEBAfsCA87w/gYw/98A7QFK//gBBxQA6//l/gMCAf4A6v4XAAIA8xEA5AAe7QACBRUDH/7+++PW/t//AAAA/wADA/QB/v0dAfxAABsAALflIfuzAQABBP8BOv8CAAT4AOL3/gAB/gDZJRz8/gIFARXt/gAAAwT2APwAAAACAf8/Af0A8wET+wHyAf8C5h3//+Hh6vwC5//9AwYBAPkPGXjYof4D//v/x/v+AAIHDCoCGAP6GzoQ+sf0/tIeEPv+/gIAAfwC983oAfYk/qMABAJQAPcAA/gc8wLI//4EAfrTBwM2AgABEQ0B4AAB5AAB7QTT//8A/PwA7sz/AwD//gACAs8A/AAU///9A1EB/uXUKwLq/wAAAgAGHwEDABfvANgI/v/9/wLaBx3+/QMB/fgN/gEABwUJAPwB/QAB/wMeAP80EP718gEB9/3/IBwA/vOBCxYrAPb8AgoC/fUHElrBrPwDBP7/5fj7AQP2Cd0DfAb0JR0w/PLN/aM/H//+JQIAAP4B7MT2APsf/qX/DQM4APAD9gUTAvzCAAMDA/nS1gUhAAEBRxsB9//t1v8B9PjSEP0A+fsy/uT/BgEA/f8CA9IA9QUpAwIuA3D/ALP+cQgpAAD/Bf8LBwEE/xLx/dkFAv8A/gKBFAr7/wQA/Ok8+QD/BwDX//cAAQEA//8O/v3wCv3k8wEF9P0AHvcB///A/ylCHfT/+wcA/vIQ/UXm1fwDAAH/4vr6/gL1EQ8CBwT0GUob+rv1/b0fLP3+2AUBBPsD6skO//v8/4EA6AMnAeYEAfkD8fv9/v8CAvfqOAT1/QEBP0390f399wD/6/z9Dv8B9TkJDsIABQD7/v8DAq4B+gFeAwXJBBD+8ccvWv8R///+AQIFGwMH/g4A/N38AgL+/gDL2A37+wT//c33+QEABP4MAO8B/QABAwIBAP8HNf3tBAEE7f0AKwwC/ynPDywfF+z++QsD/ewdGW7fq/wG/wb/4Pb6/gQLGj8D9QrxHicK+LUA/LpTOPv+4QQBBPkC6sHk//z6/YEA6wQRAOAI/+kqEP3X/voDA/MFOAUPAwECRGT+3/v27f8A9xDAHgAA8/4IEdoABQD8/P4DA60C/ABKAwLVByH+8d46ZP/mAP//AgMDFwQH/hsP/MIMAwX9/gLW/g//+wP//Nj19//+BgY7AOwC+gECBQYHAABNNv3e+QLw6PsADx4C/gieHDozD+b9',
    nearest: 3,
    from: 0.2581,
    decadesPerTenth: 0.5535,
    most: 1.2,
  },
}
